package dev.hawser.controlplane.consul;

import java.io.IOException;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.model.ConsulResponse;
import org.kiwiproject.consul.model.health.ServiceHealth;
import org.kiwiproject.consul.option.ImmutableQueryOptions;
import org.kiwiproject.consul.option.QueryOptions;

/** The queries, as blocking calls; from any thread. */
final class ConsulQueries implements AutoCloseable {
  /** Instances of ordinary services: not the sidecars and gateways of Consul's own mesh. */
  private static final String TYPICAL = "Service.Kind == \"\"";

  private static final long CONNECT_MILLIS = 2_000;

  /** Beyond what a blocking query waits, which the client adds by itself. */
  private static final long ANSWER_MILLIS = 10_000;

  private final String datacenter;
  private final Consul consul;

  /**
   * @param index to wait beyond with the next query
   */
  record Answer<T>(T value, BigInteger index) {}

  /** A query that was not answered; the message says what came back instead. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  ConsulQueries(ConsulOptions options) {
    this.datacenter = options.datacenter();
    Consul.Builder builder;
    try {
      builder = Consul.builder().withUrl(options.address().toURL());
    } catch (MalformedURLException impossible) {
      throw new IllegalArgumentException("Consul address: " + options.address(), impossible);
    }
    if ("https".equalsIgnoreCase(options.address().getScheme())) {
      builder.withHttps(true);
    }
    options.tokenFile().ifPresent(file -> builder.withTokenAuth(() -> token(file)));
    this.consul =
        builder
            .withPing(false)
            .withConnectTimeoutMillis(CONNECT_MILLIS)
            .withReadTimeoutMillis(ANSWER_MILLIS)
            .withWriteTimeoutMillis(ANSWER_MILLIS)
            .withConnectionPool(new ConnectionPool(options.parallel(), 1, TimeUnit.MINUTES))
            .build();
  }

  /** Asks for the names of all services, once anything about them is newer than the index. */
  Answer<Set<String>> services(BigInteger index, Duration wait) throws FailedException {
    QueryOptions query = query(index, wait).build();
    ConsulResponse<Map<String, List<String>>> response =
        ask(() -> consul.catalogClient().getServices(query));
    return new Answer<>(Set.copyOf(response.getResponse().keySet()), next(response));
  }

  /** Asks for a service's instances, once anything about them is newer than the index. */
  Answer<List<Instance>> instances(String service, BigInteger index, Duration wait)
      throws FailedException {
    QueryOptions query = query(index, wait).filter(TYPICAL).build();
    ConsulResponse<List<ServiceHealth>> response =
        ask(() -> consul.healthClient().getAllServiceInstances(service, query));
    return new Answer<>(response.getResponse().stream().map(Instance::of).toList(), next(response));
  }

  @Override
  public void close() {
    consul.destroy();
  }

  private ImmutableQueryOptions.Builder query(BigInteger index, Duration wait) {
    ImmutableQueryOptions.Builder query = ImmutableQueryOptions.builder().datacenter(datacenter);
    if (index.signum() > 0) {
      query.index(index).wait(wait.toSeconds() + "s");
    }
    return query;
  }

  /** An index below 1 would make the next query return at once, forever. */
  private static BigInteger next(ConsulResponse<?> response) {
    return response.getIndex().max(BigInteger.ONE);
  }

  /** The client is written in Kotlin and throws what it does not declare. */
  private interface Query<T> {
    ConsulResponse<T> ask() throws Exception;
  }

  private static <T> ConsulResponse<T> ask(Query<T> query) throws FailedException {
    ConsulResponse<T> response;
    try {
      response = query.ask();
    } catch (ConsulException refused) {
      throw new FailedException(reason(refused), refused);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new FailedException("the query was stopped", stopped);
    } catch (Exception unreadable) {
      throw new FailedException("an answer that cannot be read: " + unreadable, unreadable);
    }
    if (response.getResponse() == null) {
      throw new FailedException("an answer without content", new IOException("no content"));
    }
    return response;
  }

  private static String reason(ConsulException refused) {
    Throwable cause = Optional.ofNullable(refused.getCause()).orElse(refused);
    String message = Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getName());
    return (refused.hasCode() ? "HTTP " + refused.getCode() + ": " : "") + message;
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new ConsulException(
          "token file " + file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }
}
