package dev.hawser.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hawser.api.admin.Problem;
import dev.hawser.cli.output.StructuredOutput;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Calls the administration API; every failure becomes a {@link CliException} that says what next.
 */
public final class AdminClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration QUICK = Duration.ofSeconds(10);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int FIRST_ERROR = 400;

  private final URI base;
  private final Supplier<String> credential;
  private final HttpClient http;

  /**
   * @param address e.g. {@code http://127.0.0.1:15080}
   * @param credential asked for once a request is made
   * @throws CliException if the address is not an http or https URL, or would carry the credential
   *     over a network in clear
   */
  public AdminClient(String address, Supplier<String> credential) {
    this.base = parse(address);
    this.credential = credential;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  /** Reads a resource. */
  public <T> T get(String path, TypeReference<T> type) {
    return read(send(request(path, QUICK).GET()), type);
  }

  /** Sends a value as JSON; waits long enough for what the control plane does with others. */
  public <T> T post(String path, Object body, Duration timeout, TypeReference<T> type) {
    return read(
        send(
            request(path, timeout)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(StructuredOutput.json(body)))),
        type);
  }

  /** Sends a request without a body and ignores what comes back, unless it is an error. */
  public void post(String path) {
    send(request(path, QUICK).POST(BodyPublishers.noBody()));
  }

  /** Sends YAML documents. */
  public <T> T postYaml(String path, String yaml, TypeReference<T> type) {
    return read(
        send(
            request(path, Duration.ofSeconds(30))
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(yaml))),
        type);
  }

  /** Removes a resource. */
  public void delete(String path) {
    delete(path, QUICK);
  }

  /** Removes a resource; waits long enough for what the control plane does with others. */
  public void delete(String path, Duration timeout) {
    send(request(path, timeout).DELETE());
  }

  @Override
  public void close() {
    http.close();
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(timeout)
        .header("Accept", "application/json")
        .header("Authorization", "Bearer " + credential.get());
  }

  private String send(HttpRequest.Builder builder) {
    HttpRequest request = builder.build();
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw unreachable("no answer from " + base + " in time", e);
    } catch (ConnectException e) {
      throw unreachable("no control plane answers at " + base, e);
    } catch (IOException e) {
      throw unreachable("the connection to " + base + " broke: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILED, "interrupted", "", e);
    }
    if (response.statusCode() >= FIRST_ERROR) {
      throw refused(response);
    }
    return response.body();
  }

  private CliException unreachable(String message, Exception cause) {
    return new CliException(
        ExitCode.UNREACHABLE,
        message,
        "start one with 'hawser cluster start', or say where it is with --address or HAWSER_ADDRESS",
        cause);
  }

  private CliException refused(HttpResponse<String> response) {
    int status = response.statusCode();
    Optional<Problem> problem = problem(response.body());
    String message = problem.map(Problem::detail).orElse("");
    String hint = problem.map(Problem::hint).orElse("");
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return new CliException(
          ExitCode.UNAUTHORIZED,
          message.isEmpty() ? base + " refused the credential" : message,
          hint.isEmpty()
              ? "give --data-dir of this control plane, or its admin-token with --token-file or"
                  + " HAWSER_TOKEN_FILE"
              : hint);
    }
    if (message.isEmpty()) {
      return new CliException(
          ExitCode.FAILED,
          base.resolve(response.uri().getPath()) + " answered " + status + " without a reason",
          "check that --address is the administration address of a Hawser control plane (15080)");
    }
    return new CliException(ExitCode.FAILED, message, hint);
  }

  private static Optional<Problem> problem(String body) {
    try {
      Problem problem = StructuredOutput.parse(body, new TypeReference<Problem>() {});
      return Optional.ofNullable(problem).filter(p -> p.detail() != null);
    } catch (JsonProcessingException _) {
      // Not one of our errors; the status alone has to do.
      return Optional.empty();
    }
  }

  private <T> T read(String body, TypeReference<T> type) {
    try {
      return StructuredOutput.parse(body, type);
    } catch (JsonProcessingException e) {
      throw new CliException(
          ExitCode.FAILED,
          "the answer of " + base + " cannot be read: " + e.getOriginalMessage(),
          "the control plane may be of another release; compare 'hawser --version' with 'hawser"
              + " cluster status'",
          e);
    }
  }

  private static URI parse(String address) {
    URI uri;
    try {
      uri = URI.create(address.endsWith("/") ? address : address + "/");
    } catch (IllegalArgumentException e) {
      throw badAddress(address, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw badAddress(address, null);
    }
    if (scheme.equals("http") && !isLoopback(uri.getHost())) {
      throw new CliException(
          ExitCode.USAGE,
          "'" + address + "' would send the administration credential over the network in clear",
          "run this on the control plane's machine, or through 'ssh -L' or 'kubectl port-forward',"
              + " or put TLS in front and use https://");
    }
    return uri;
  }

  private static CliException badAddress(
      String address, @org.jspecify.annotations.Nullable Throwable cause) {
    return new CliException(
        ExitCode.USAGE,
        "address: '" + address + "' (expected: a URL, e.g. http://127.0.0.1:15080)",
        "",
        cause);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      // Let the request itself say that the name is unknown; it carries nothing until it connects.
      return false;
    }
  }
}
