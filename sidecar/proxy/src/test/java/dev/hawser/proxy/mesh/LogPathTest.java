package dev.hawser.proxy.mesh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Listeners write the lines that their configuration asks for. */
class LogPathTest {
  /** What Istio writes. */
  private static final String ISTIO =
      "[%START_TIME%] \\\"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\\\""
          + " %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%"
          + " %CONNECTION_TERMINATION_DETAILS% \\\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\\\""
          + " %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"
          + " \\\"%REQ(X-FORWARDED-FOR)%\\\" \\\"%REQ(USER-AGENT)%\\\" \\\"%REQ(X-REQUEST-ID)%\\\""
          + " \\\"%REQ(:AUTHORITY)%\\\" \\\"%UPSTREAM_HOST%\\\" %UPSTREAM_CLUSTER_RAW%"
          + " %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS%"
          + " %REQUESTED_SERVER_NAME% %ROUTE_NAME%\\n";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private App app;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    app = App.start("app");
    proxy = new TestProxy(TestAuthority.create(), "east", "web");
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    app.close();
    client.close();
  }

  /** Listens with one log to a file, of this format and maybe with a filter. */
  private int listen(String format, String filter) throws Exception {
    int port = FreePorts.next();
    String log =
        """
        "access_log":[{"name":"envoy.access_loggers.file",%s"typed_config":{
          "@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
          "path":"access.log"%s}}]
        """
            .formatted(
                filter.isEmpty() ? "" : "\"filter\":" + filter + ",",
                format.isEmpty() ? "" : ",\"log_format\":" + format);
    proxy.plane().listeners().put(Envoys.observed(port, "app", log));
    return port;
  }

  private static String text(String format) {
    return "{\"text_format_source\":{\"inline_string\":\"" + format + "\"}}";
  }

  private int get(int port, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private List<String> lines(int count) throws Exception {
    await().atMost(Duration.ofSeconds(10)).until(() -> written() >= count);
    return proxy.logLines("access.log");
  }

  private int written() throws Exception {
    return proxy.logLines("access.log").size();
  }

  @Test
  void istiosFormatIsFilledIn() throws Exception {
    int port = listen(text(ISTIO), "");

    get(port, "/old/a?b=c", "user-agent", "me/1", "x-request-id", "id-1");

    assertThat(lines(1).getFirst())
        .matches(
            "\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] \"GET /old/a\\?b=c HTTP/1.1\""
                + " 200 - via_upstream - \"-\" 0 3 \\d+ - \"-\" \"me/1\" \"id-1\""
                + (" \"127.0.0.1:" + port + "\" \"127.0.0.1:" + app.port() + "\" app")
                + (" 127.0.0.1:\\d+ 127.0.0.1:" + port + " 127.0.0.1:\\d+ - moved"));
  }

  @Test
  void withoutAFormatItIsEnvoysOwn() throws Exception {
    int port = listen("", "");

    get(port, "/denied", "user-agent", "me/1");

    assertThat(lines(1).getFirst())
        .matches(
            "\\[[^]]+] \"GET /denied HTTP/1.1\" 403 - 0 \\d+ \\d+ - \"-\" \"me/1\" \"-\""
                + (" \"127.0.0.1:" + port + "\" \"-\""));
  }

  @Test
  void jsonHasNumbersAndNullsAndNothingWhereThatIsWanted() throws Exception {
    String members =
        "{\"json_format\":{\"status\":\"%RESPONSE_CODE%\",\"path\":\"%REQ(:PATH):4%\","
            + "\"none\":\"%REQ(X-NONE)%\",\"mixed\":\"<%RESPONSE_CODE%>\",\"fixed\":true,"
            + "\"day\":\"%START_TIME(%Y/%m/%dT%H:%M:%S.%3fZ)%\","
            + "\"in\":{\"list\":[\"%PROTOCOL%\",1]}}%s}";
    get(listen(members.replace("%s", ""), ""), "/a\"b".replace("\"", "%22"));
    get(listen(members.replace("%s", ",\"omit_empty_values\":true"), ""), "/abcdef");

    List<String> lines = lines(2);
    assertThat(lines.getFirst())
        .matches(
            "\\{\"day\":\"\\d{4}/\\d\\d/\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\",\"fixed\":true,"
                + "\"in\":\\{\"list\":\\[\"HTTP/1.1\",1]},\"mixed\":\"<200>\",\"none\":null,"
                + "\"path\":\"/a%2\",\"status\":200}");
    assertThat(lines.getLast()).doesNotContain("none").contains("\"path\":\"/abc\"");
  }

  @Test
  void nothingThatACallerSendsEndsAValueOrALine() throws Exception {
    int port = listen("{\"json_format\":{\"agent\":\"%REQ(USER-AGENT)%\"}}", "");

    get(port, "/", "user-agent", "a\"b\\c\td");

    assertThat(lines(1)).containsExactly("{\"agent\":\"a\\\"b\\\\c\\u0009d\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'status_code_filter':{'comparison':{'op':'GE','value':{'default_value':400,"
            + "'runtime_key':'k'}}}} | /denied | /",
        "{'status_code_filter':{'comparison':{'op':'EQ','value':{'default_value':200,"
            + "'runtime_key':'k'}}}} | / | /denied",
        "{'duration_filter':{'comparison':{'op':'GE','value':{'default_value':2000,"
            + "'runtime_key':'k'}}}} | /slow | /",
        "{'header_filter':{'header':{'name':':path','string_match':{'prefix':'/a'}}}} | /a | /b",
        "{'runtime_filter':{'runtime_key':'k','percent_sampled':{'numerator':100}}} | / | ",
        "{'not_health_check_filter':{}} | / | ",
        "{'grpc_status_filter':{'statuses':['PERMISSION_DENIED']}} | /denied | /",
        "{'grpc_status_filter':{'statuses':['PERMISSION_DENIED'],'exclude':true}} | / | /denied",
        "{'and_filter':{'filters':[{'not_health_check_filter':{}},"
            + "{'header_filter':{'header':{'name':':path','string_match':{'exact':'/a'}}}}]}}"
            + " | /a | /b",
        "{'or_filter':{'filters':[{'traceable_filter':{}},"
            + "{'header_filter':{'header':{'name':':path','string_match':{'exact':'/a'}}}}]}}"
            + " | /a | /b"
      })
  void aFilterKeepsTheOthersOut(String filter, String has, String not) throws Exception {
    int port = listen(text("%REQ(:PATH)%\\n"), filter.replace('\'', '"'));

    if (not != null) {
      get(port, not);
    }
    get(port, has);

    assertThat(lines(1)).containsExactly(has);
  }

  @Test
  void bytesThatAreNoRequestHaveALineToo() throws Exception {
    int port = listen(text("%RESPONSE_CODE% %RESPONSE_FLAGS% %REQ(:PATH)% %PROTOCOL%\\n"), "");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nhost : a\r\n\r\n".getBytes(US_ASCII));
      socket.getInputStream().readAllBytes();
    }

    assertThat(lines(1)).containsExactly("400 DPE - HTTP/1.1");
  }

  @Test
  void aConnectionOfRawBytesHasALine() throws Exception {
    int port = FreePorts.next();
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("echo", UpstreamConfig.Protocol.TCP, app.port()));
    proxy
        .plane()
        .listeners()
        .put(
            Envoys.bytes(
                port,
                "echo",
                """
                "access_log":[{"name":"f","typed_config":{
                  "@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                  "path":"access.log","log_format":%s}}]
                """
                    .formatted(
                        text(
                            "%RESPONSE_CODE% %BYTES_RECEIVED% %UPSTREAM_HOST% %UPSTREAM_CLUSTER%"
                                + " %REQ(:PATH)% %DOWNSTREAM_LOCAL_ADDRESS%\\n"))));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).endsWith("app");
    }

    assertThat(lines(1))
        .containsExactly("0 46 127.0.0.1:" + app.port() + " echo - 127.0.0.1:" + port);
  }

  @Test
  void flagsAreFilteredByAnyOrByName() throws Exception {
    int any = listen(text("%RESPONSE_FLAGS% %RESPONSE_CODE%\\n"), "{\"response_flag_filter\":{}}");
    assertThat(get(any, "/")).isEqualTo(200);
    app.close();
    assertThat(get(any, "/")).isEqualTo(503);
    assertThat(lines(1)).singleElement().asString().matches("UF.* 503");

    int other = listen(text("other\\n"), "{\"response_flag_filter\":{\"flags\":[\"NR\"]}}");
    assertThat(get(other, "/")).isEqualTo(503);
    int same = listen(text("same\\n"), "{\"response_flag_filter\":{\"flags\":[\"NR\",\"UF\"]}}");
    assertThat(get(same, "/")).isEqualTo(503);
    assertThat(lines(2)).last().isEqualTo("same");
  }
}
