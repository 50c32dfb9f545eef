package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.examples.shop.Shop;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.EnvoyProxy;
import dev.hawser.it.programs.Place;
import dev.hawser.it.quotes.QuoteClient;
import dev.hawser.it.quotes.QuoteServer;
import dev.hawser.it.quotes.Quotes;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 10: a stock Envoy and a plain gRPC client take part by standard xDS, with nothing of ours
 * in the path on their side.
 */
@ExtendWith(WithTwoClusters.class)
final class StockClientsStory {
  private static final int EDGE = 55;
  private static final int CALLER = 56;
  private static final int INBOUND = 15006;
  private static final String EDGE_NAME = "p8080.edge.shop.east.mesh.internal";
  private static final SpiffeId EDGE_ID =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/edge");

  /** Belongs to nobody here, so that an Envoy cannot listen there and says so. */
  private static final String NOT_OURS = "203.0.113.9";

  @Test
  void aStockEnvoyCallsAndIsCalledAcrossTheMeshAndItsRefusalIsShown(TwoClusters mesh)
      throws Exception {
    String address = mesh.eastSite.address(EDGE);
    String seen = "http://" + address + ":9002/";
    List<String> serving =
        List.of("vm", "invite", "edge-1", "--service", "edge.shop", "--port", "http:8080/http");
    List<String> calling =
        List.of("--upstream", "payments.shop:8080=" + address + ":9002", "--ports", "admin=15950");
    try (StockHost host = StockHost.join(mesh, "edge-1", EDGE, serving, calling);
        Managed application = shop(mesh, address)) {
      Place place = new Place(mesh.eastSite.prefix(), address, mesh.folder);
      String bootstrap = host.bootstrap("envoy");
      try (EnvoyProxy envoy = EnvoyProxy.start("edge-1-envoy", place, bootstrap)) {
        String answer = Calls.await(seen, "\"instance\":\"payments-1\"", Duration.ofSeconds(60));
        assertThat(answer).as(envoy.process().name()).contains("URI=" + EDGE_ID);
        Tally tally = steady(seen);
        Report.line(
            "10 a stock Envoy in east calls payments in west: %s; seen as %s", tally, EDGE_ID);
        assertThat(tally.failed()).isEmpty();
        assertThat(tally.byCluster()).containsOnlyKeys("west");
        isCalledByOursAndByNobodyElse(mesh, address, application.name());
        assertThat(mesh.east.tryHawser("cluster", "status").output())
            .contains("edge-1")
            .doesNotContain("refused by edge-1");
      }
      String wrong = bootstrap.replace(address + ":9002", NOT_OURS + ":9002");
      try (EnvoyProxy envoy = EnvoyProxy.start("edge-1-wrong", place, wrong)) {
        Report.line(
            "10 an Envoy (%s) that cannot take a listener: %s",
            envoy.process().name(), refusalOf(mesh, "edge-1"));
        assertThat(refusalOf(mesh, "edge-1")).contains(NOT_OURS);
        assertThat(mesh.east.tryHawser("check").output()).contains("refuses its configuration");
      }
    }
  }

  private static Managed shop(TwoClusters mesh, String address) {
    return Managed.start(
        "edge-1",
        mesh.folder.resolve("log"),
        Map.of(),
        mesh.eastSite.command(
            Home.java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Home.checkout().resolve("deploy/examples/target/classes").toString(),
            Shop.class.getName(),
            "--service",
            "edge",
            "--instance",
            "edge-1",
            "--cluster",
            "east",
            "--listen",
            address + ":8080"));
  }

  private static Tally steady(String url) throws InterruptedException {
    try (SteadyLoad load = SteadyLoad.start(URI.create(url), Map.of(), 50, TwoClusters.DEADLINE)) {
      TimeUnit.SECONDS.sleep(10);
      return load.stop();
    }
  }

  private static void isCalledByOursAndByNobodyElse(
      TwoClusters mesh, String address, String instance) throws IOException {
    Awaitility.await("web reaches the Envoy's application")
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            OneServiceStory.byHost(mesh.web.address(), "edge.shop:8080")
                .contains("\"instance\":\"" + instance + "\""));
    Svid web = new SvidStore(mesh.folder.resolve("web")).load().orElseThrow();
    TlsCaller.Outcome real = new TlsCaller(web).get(address, INBOUND, EDGE_NAME);
    TlsCaller.Outcome stranger =
        new TlsCaller(TestAuthority.create().svid(web.id().toString()))
            .get(address, INBOUND, EDGE_NAME);
    TlsCaller.Outcome forged =
        new TlsCaller(Forger.identity(web.id(), Loot.intermediateOf(mesh.west)))
            .get(address, INBOUND, EDGE_NAME);
    String plain = plaintext(address);
    Report.line(
        "10 at the Envoy's port: web %s; plain text '%s'; another root %s; east's name under west's authority %s",
        first(real), plain, first(stranger), first(forged));
    assertThat(first(real)).contains("200");
    assertThat(plain).isEmpty();
    assertThat(stranger).isInstanceOf(TlsCaller.Outcome.Closed.class);
    assertThat(forged).isInstanceOf(TlsCaller.Outcome.Closed.class);
  }

  private static String first(TlsCaller.Outcome outcome) {
    return switch (outcome) {
      case TlsCaller.Outcome.Answered answered ->
          answered.response().lines().findFirst().orElse("(closed without a byte)");
      case TlsCaller.Outcome.Closed closed -> closed.how();
    };
  }

  /** Returns what comes back to a request without TLS. */
  private static String plaintext(String address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, INBOUND), 3000);
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: edge.shop\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketException e) {
      // Reset: refused as well as closed.
      return "";
    }
  }

  private static String refusalOf(TwoClusters mesh, String node) {
    String mark = "refused by " + node;
    return Awaitility.await(node + " refuses something")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> mesh.east.tryHawser("cluster", "status").output(),
            status -> status.contains(mark))
        .lines()
        .filter(line -> line.contains(mark))
        .findFirst()
        .orElseThrow()
        .strip();
  }

  @Test
  void aPlainGrpcClientCallsAcrossTheMeshByItsOwnXdsAndItsRefusalIsShown(TwoClusters mesh)
      throws IOException {
    Path certificates = mesh.folder.resolve("caller-1-certificates");
    List<String> server =
        Quotes.command(QuoteServer.class, "quotes-1", mesh.westSite.address(41), "8080");
    try (Pod quotes =
            mesh.startInWest("quotes-1", "quotes", 41, "grpc", mesh.westSite.command(server));
        StockHost host =
            StockHost.join(
                mesh,
                "caller-1",
                CALLER,
                List.of("token", "issue", "--namespace", "shop", "--service-account", "caller-1"),
                List.of("--write-certs", certificates.toString()))) {
      Awaitility.await(quotes.name() + " is known in east")
          .atMost(Duration.ofSeconds(60))
          .until(() -> mesh.east.tryHawser("endpoints", "quotes.shop").output().contains("west"));
      String bootstrap = host.bootstrap("grpc");
      String good = call(mesh, bootstrap, "xds", 500, 20);
      Path strange = strangersFiles(mesh.folder.resolve("stranger-certificates"));
      String plain;
      String stranger;
      try (AtOnce atOnce = new AtOnce()) {
        Future<String> inPlainText = atOnce.begin(() -> call(mesh, bootstrap, "insecure", 1, 10));
        Future<String> asStranger =
            atOnce.begin(() ->
                call(
                    mesh,
                    bootstrap.replace(certificates.toString(), strange.toString()),
                    "xds",
                    1,
                    10));
        plain = AtOnce.result(inPlainText);
        stranger = AtOnce.result(asStranger);
      }
      Report.line("10 grpc-java in east, xds:///quotes.shop, served in west: %s", good);
      Report.line("10 the same in plain text: %s", plain);
      Report.line("10 the same with a certificate of another root: %s", stranger);
      assertThat(good)
          .contains("500 calls, 0 failed")
          .contains("quotes-1 ")
          .contains("URI=spiffe://east.mesh.internal/ns/shop/sa/caller-1");
      assertThat(plain).contains("1 calls, 1 failed");
      assertThat(stranger).contains("1 calls, 1 failed");
      refusesWithoutItsCertificates(mesh, bootstrap);
    } finally {
      mesh.consul.deregister("quotes-1");
    }
  }

  /** A client whose start file lacks the certificates that its clusters name. */
  private static void refusesWithoutItsCertificates(TwoClusters mesh, String bootstrap) {
    Path file =
        mesh.write("caller-1-without.json", bootstrap.replace("\"default\"", "\"another\""));
    try (Managed client =
        Managed.start(
            "caller-1-without",
            mesh.folder.resolve("log"),
            Map.of("GRPC_XDS_BOOTSTRAP", file.toString()),
            mesh.eastSite.command(
                Quotes.command(QuoteClient.class, "xds:///quotes.shop", "xds", "1", "120")))) {
      String refusal = refusalOf(mesh, "caller-1-grpc");
      Report.line("10 a gRPC client (%s) that cannot take a cluster: %s", client.name(), refusal);
      assertThat(refusal).contains("default");
    }
  }

  private static String call(
      TwoClusters mesh, String bootstrap, String credentials, int calls, int seconds) {
    String name = "caller-1-" + Integer.toHexString(bootstrap.hashCode()) + ".json";
    Path file = mesh.write(name, bootstrap);
    return Shell.run(
            Map.of("GRPC_XDS_BOOTSTRAP", file.toString()),
            mesh.eastSite.command(
                Quotes.command(
                    QuoteClient.class,
                    "xds:///quotes.shop",
                    credentials,
                    Integer.toString(calls),
                    Integer.toString(seconds))))
        .orFail()
        .output()
        .lines()
        .filter(line -> line.startsWith("RESULT ") || line.startsWith("FAILURE "))
        .reduce((one, other) -> one + "; " + other)
        .orElse("no result");
  }

  private static Path strangersFiles(Path directory) throws IOException {
    TestAuthority authority = TestAuthority.create();
    Svid svid = authority.svid("spiffe://east.mesh.internal/ns/shop/sa/caller-1");
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("tls.crt"), Certificates.toPem(svid.chain()));
    Files.writeString(directory.resolve("tls.key"), KeyMaterial.toPem(svid.privateKey()));
    Files.writeString(directory.resolve("ca.crt"), authority.root().certificatePem());
    return directory;
  }
}
