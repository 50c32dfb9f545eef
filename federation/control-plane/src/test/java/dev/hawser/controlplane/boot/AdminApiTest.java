package dev.hawser.controlplane.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.controlplane.admin.AdminAccess;
import dev.hawser.controlplane.admin.AdminCredential;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST API over real HTTP, on a control plane that runs. */
@QuarkusTest
@TestProfile(AdminApiTest.OnLoopback.class)
final class AdminApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A configuration; the control plane of each test is made by hand. */
  public static final class OnLoopback implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "hawser.cluster.name", "east",
          "hawser.data-dir", "/nonexistent",
          "quarkus.http.test-port", "0");
    }
  }

  @TempDir Path folder;
  @TestHTTPResource URI base = URI.create("http://set.by.quarkus");
  @Inject AdminAccess access;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private @Nullable ControlPlane plane;
  private String credential = "";

  @BeforeEach
  void start() throws IOException {
    Path files = Files.createDirectory(folder.resolve("files"));
    Files.writeString(files.resolve("orders.yaml"), TestPlane.ORDERS);
    Path data = Files.createDirectory(folder.resolve("data"));
    AdminCredential opened = AdminCredential.open(data);
    credential = Files.readString(data.resolve("admin-token")).strip();
    ControlPlane started =
        ControlPlane.start(
            TestPlane.settings(data, files),
            InstantSource.system(),
            "1.2.3",
            new SimpleMeterRegistry());
    plane = started;
    access.open(opened, started.administration());
    Awaitility.await().until(started::isReady);
  }

  @AfterEach
  void stop() {
    access.close();
    if (plane != null) {
      plane.close();
    }
  }

  private HttpResponse<String> send(String method, String path, String authorization, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    if (!body.isEmpty()) {
      request.header(
          "Content-Type", body.startsWith("{") ? "application/json" : "application/yaml");
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> admin(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(method, path, "Bearer " + credential, body);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = admin("GET", path, "");
    assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private record Operation(String method, String path) {}

  private List<Operation> operations() throws IOException, InterruptedException {
    JsonNode document = JSON.readTree(send("GET", "/q/openapi?format=json", "", "").body());
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        operations.add(
            new Operation(
                method.getKey().toUpperCase(java.util.Locale.ROOT),
                path.getKey()
                    .replace("{id}", "x")
                    .replace("{serial}", "0a")
                    .replace("{source}", "file")));
      }
    }
    return operations;
  }

  @Test
  void noOperationIsOpenWithoutTheCredential() throws Exception {
    List<Operation> operations = operations();
    assertThat(operations)
        .contains(
            new Operation("POST", "/v1/tokens"),
            new Operation("GET", "/v1/cluster"),
            new Operation("POST", "/v1/apply"),
            new Operation("POST", "/v1/federation/join"),
            new Operation("POST", "/v1/registries/file/accept"))
        .hasSizeGreaterThanOrEqualTo(13);
    List<String> wrong =
        List.of(
            "",
            "Bearer",
            "Bearer ",
            "Bearer " + credential.substring(1),
            "Bearer " + credential + "x",
            "Basic " + credential,
            credential,
            "Bearer null");
    for (Operation operation : operations) {
      assertThat(operation.path()).startsWith("/v1/");
      for (String authorization : wrong) {
        HttpResponse<String> response =
            send(operation.method(), operation.path(), authorization, "");
        assertThat(response.statusCode())
            .as(operation + " with '" + authorization + "'")
            .isEqualTo(401);
        assertThat(JSON.readTree(response.body()).path("code").asText())
            .isEqualTo("unauthenticated");
        assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      }
    }
    assertThat(get("/v1/tokens")).isEmpty();
  }

  @Test
  void noSpellingOfAPathGetsAroundTheCredential() throws Exception {
    List<String> spellings =
        List.of(
            "//v1/tokens",
            "/v1//tokens",
            "/v1/tokens/",
            "/v1/tokens;x=y",
            "/v1;x=y/tokens",
            "/q/../v1/tokens",
            "/v1/./tokens",
            "/v1/%74okens",
            "/%76%31/tokens",
            "/V1/tokens",
            "/v1/tokens?x=/q/health",
            "/q/health/../../v1/tokens",
            "/v1%2ftokens",
            "/v1/tokens%00",
            "/v1/tokens.json");
    for (String spelling : spellings) {
      assertThat(rawStatus("GET " + spelling)).as(spelling).isIn(400, 401, 404);
    }
    assertThat(rawStatus("GET /v1/tokens")).isEqualTo(401);
  }

  /** A client library would tidy the path up. */
  private int rawStatus(String methodAndPath) throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              (methodAndPath + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return Integer.parseInt(line.split(" ", -1)[1]);
    }
  }

  @Test
  void nobodyIsLetInBeforeTheStartAndAfterTheStop() throws Exception {
    access.close();
    assertThat(admin("GET", "/v1/cluster", "").statusCode()).isEqualTo(401);
  }

  @Test
  void theCredentialIsOneThatOnlyTheOwnerCanRead() throws Exception {
    Path file = folder.resolve("data/admin-token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(credential).hasSizeGreaterThanOrEqualTo(43);
    assertThat(AdminCredential.open(folder.resolve("data"))).isNotNull();
    assertThat(Files.readString(file).strip()).isEqualTo(credential);
  }

  @Test
  void aTokenIsShownOnceListedWithoutItsSecretAndRevokedOnce() throws Exception {
    HttpResponse<String> made =
        admin(
            "POST",
            "/v1/tokens",
            "{\"kind\": \"WORKLOAD\", \"namespace\": \"shop\", \"serviceAccount\": \"web\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    JsonNode token = JSON.readTree(made.body());
    String id = token.path("id").asText();
    assertThat(token.path("token").asText()).startsWith("hwsr1.");

    String listed = get("/v1/tokens").toString();
    assertThat(listed).contains(id, "OPEN", "shop/web").doesNotContain("hwsr1");
    assertThat(admin("DELETE", "/v1/tokens/" + id, "").statusCode()).isEqualTo(204);
    assertThat(get("/v1/tokens").toString()).contains("REVOKED");
    assertThat(admin("DELETE", "/v1/tokens/" + id, "").statusCode()).isEqualTo(409);
    assertThat(admin("DELETE", "/v1/tokens/0000", "").statusCode()).isEqualTo(404);
  }

  @Test
  void theAuthorityIsShownRenewedAndItsOldIntermediateRevoked() throws Exception {
    String first = get("/v1/authority").at("/intermediate/serial").asText();
    assertThat(first).matches("[0-9a-f]+");
    assertThat(admin("DELETE", "/v1/authority/intermediates/" + first, "").body())
        .contains("intermediate-in-use", "hawser authority renew");

    JsonNode renewed = JSON.readTree(admin("POST", "/v1/authority/renew", "").body());
    assertThat(renewed.at("/intermediate/serial").asText()).isNotEqualTo(first);
    assertThat(renewed.at("/others/0/serial").asText()).isEqualTo(first);
    assertThat(renewed.at("/others/0/state").asText()).isEqualTo("VALID");

    HttpResponse<String> revoked = admin("DELETE", "/v1/authority/intermediates/" + first, "");
    assertThat(JSON.readTree(revoked.body()).at("/others/0/state").asText()).isEqualTo("REVOKED");
    assertThat(admin("DELETE", "/v1/authority/intermediates/" + first, "").statusCode())
        .isEqualTo(409);
    assertThat(admin("DELETE", "/v1/authority/intermediates/0a", "").statusCode()).isEqualTo(404);
    assertThat(admin("DELETE", "/v1/authority/intermediates/xy", "").statusCode()).isEqualTo(400);
  }

  @Test
  void whatIsWrongWithARequestIsSaidByNameAndValue() throws Exception {
    assertProblem("/v1/tokens", "{\"kind\": \"POD\"}", 400, "kind: 'POD'");
    assertProblem("/v1/tokens", "{\"kind\": \"VM\", \"bogus\": 1}", 400, "bogus");
    assertProblem("/v1/tokens", "{\"kind\": 3, \"services\": 4}", 400, "services");
    assertProblem("/v1/tokens", "{\"kind", 400, "not JSON");
    assertProblem("/v1/tokens", "{\"kind\": \"CLUSTER\", \"ttlSeconds\": -1}", 400, "ttlSeconds");
    assertProblem("/v1/tokens", "{}", 400, "kind: ''");
    assertProblem("/v1/tokens", "kind: yaml", 415, "content type");
    assertProblem("/v1/federation/join", "{\"token\": \"nonsense\"}", 400, "");
    assertProblem("/v1/federation/join", "{}", 400, "token: empty");
    assertProblem("/v1/federation/leave", "", 409, "no federation");
    assertProblem("/v1/registries/nowhere/accept", "", 404, "registry 'nowhere'");
    assertProblem("/v1/registries/file/accept", "", 409, "nothing of registry 'file' is held");
    assertProblem("/v1/nowhere", "", 404, "nothing at this path");
    assertThat(admin("GET", "/v1/endpoints?service=nope.shop", "").statusCode()).isEqualTo(404);
    assertThat(admin("GET", "/v1/endpoints?service=nope", "").body()).contains("name.namespace");
  }

  private void assertProblem(String path, String body, int status, String naming)
      throws IOException, InterruptedException {
    HttpResponse<String> response = admin("POST", path, body);
    assertThat(response.statusCode())
        .as(path + " " + body + " " + response.body())
        .isEqualTo(status);
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("code").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).contains(naming);
  }

  @Test
  void statusShowsTheClusterItsServicesAndWhereTheyAreFrom() throws Exception {
    JsonNode cluster = get("/v1/cluster");
    assertThat(cluster.path("cluster").asText()).isEqualTo("east");
    assertThat(cluster.path("version").asText()).isEqualTo("1.2.3");
    assertThat(cluster.path("rootHolder").asText()).isEqualTo("east");
    assertThat(cluster.path("snapshotVersion").asText()).hasSize(64);
    assertThat(cluster.path("registries").toString()).contains("\"file\"", "SYNCED", "\"vm\"");
    assertThat(get("/v1/services").get(0).path("service").asText()).isEqualTo("orders.shop");
    JsonNode endpoint = get("/v1/endpoints?service=orders.shop").get(0);
    assertThat(endpoint.path("registry").asText()).isEqualTo("file");
    assertThat(endpoint.path("identity").asText())
        .isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/orders");
    assertThat(endpoint.path("health").asText()).isEqualTo("no-proxy");
    assertThat(get("/v1/federation").path("members")).isEmpty();
    assertThat(get("/v1/check").path("healthy").asBoolean()).isTrue();
    assertThat(get("/v1/policies")).isEmpty();
  }

  @Test
  void aPolicyIsAppliedShownAndDeleted() throws Exception {
    String rule =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: orders, namespace: shop}
        spec:
          host: orders.shop.svc.cluster.local
          trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
        """;
    assertThat(admin("POST", "/v1/apply?dryRun=true", rule).body()).contains("created");
    assertThat(get("/v1/policies")).isEmpty();
    assertThat(admin("POST", "/v1/apply", rule).body()).contains("created");
    assertThat(get("/v1/policies").get(0).path("kind").asText()).isEqualTo("DestinationRule");
    assertThat(admin("POST", "/v1/apply", rule).body()).contains("unchanged");
    assertThat(admin("POST", "/v1/apply?delete=true", rule).statusCode()).isEqualTo(200);
    assertThat(get("/v1/policies")).isEmpty();
  }

  @Test
  void metricsAndHealthAreThereAndHealthDependsOnTheRunningPlane() throws Exception {
    assertThat(send("GET", "/q/health/live", "", "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/q/metrics", "", "").body()).contains("jvm_memory_used_bytes");
  }
}
