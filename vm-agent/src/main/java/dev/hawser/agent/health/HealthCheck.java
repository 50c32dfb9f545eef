package dev.hawser.agent.health;

import dev.hawser.agent.config.HealthSpec;
import dev.hawser.host.identity.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks an application once whether it serves. Blocks for at most the timeout. */
sealed interface HealthCheck {
  /** Longest reason that is kept, in characters. */
  int MAX_REASON = 200;

  /**
   * Asks.
   *
   * @return empty if it serves, else why not
   */
  String ask(Duration timeout) throws InterruptedException;

  /** Returns what is asked, for people. */
  String describe();

  static HealthCheck of(HealthSpec spec) {
    String target = spec.target();
    if (target.startsWith("exec:")) {
      return new Exec(target.substring("exec:".length()));
    }
    URI uri = URI.create(target);
    return uri.getScheme().equals("tcp")
        ? new Tcp(new HostPort(uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort()))
        : new Http(uri);
  }

  /** A GET that is answered with a status from 200 to 399. */
  record Http(URI uri) implements HealthCheck {
    private static final HttpClient CLIENT =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int FIRST_GOOD = 200;
    private static final int FIRST_BAD = 400;

    @Override
    public String ask(Duration timeout) throws InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(uri).timeout(timeout).header("User-Agent", "hawser-agent").build();
      try {
        int status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        return status >= FIRST_GOOD && status < FIRST_BAD ? "" : "answered with status " + status;
      } catch (IOException e) {
        return reason(e);
      }
    }

    @Override
    public String describe() {
      return uri.toString();
    }
  }

  /** A connection that is accepted. */
  record Tcp(HostPort target) implements HealthCheck {
    @Override
    public String ask(Duration timeout) {
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(target.host(), target.port()), (int) timeout.toMillis());
        return "";
      } catch (IOException e) {
        return reason(e);
      }
    }

    @Override
    public String describe() {
      return "tcp://" + target;
    }
  }

  /** A command that ends with exit code 0. */
  record Exec(String command) implements HealthCheck {
    private static final int MAX_OUTPUT = 4096;

    @Override
    public String ask(Duration timeout) throws InterruptedException {
      Process process;
      try {
        process =
            new ProcessBuilder("/bin/sh", "-c", command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
      } catch (IOException e) {
        return reason(e);
      }
      // Read beside the wait: a command that fills the pipe would never end.
      // Two threads: the reader may still append when the wait for it is over.
      @SuppressWarnings("JdkObsolete")
      StringBuffer output = new StringBuffer();
      Thread reader = Thread.ofVirtual().start(() -> drain(process, output));
      try {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          return "did not end within " + timeout.toMillis() + " ms";
        }
        reader.join(timeout);
        int exit = process.exitValue();
        return exit == 0 ? "" : shorten("exit code " + exit + lastLine(output.toString()));
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }

    @Override
    public String describe() {
      return "exec:" + command;
    }

    private static void drain(Process process, StringBuffer output) {
      try (var in = process.getInputStream()) {
        byte[] buffer = new byte[1024];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (output.length() < MAX_OUTPUT) {
            output.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
          }
        }
      } catch (IOException _) {
        // The process was ended while it spoke; what it said so far is enough.
        output.append("");
      }
    }

    private static String lastLine(String output) {
      String text = output.strip();
      return text.isEmpty() ? "" : ": " + text.substring(text.lastIndexOf('\n') + 1);
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return shorten(
        message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse(""));
  }

  private static String shorten(String text) {
    return text.length() > MAX_REASON ? text.substring(0, MAX_REASON) : text;
  }
}
