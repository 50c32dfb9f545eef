package dev.hawser.it.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** Serves key sets that nobody should take, each at a path of its own. */
final class HostileIssuers implements AutoCloseable {
  /** What a set is like. */
  enum Kind {
    /** It never ends. */
    ENDLESS {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        fill(exchange.getResponseBody());
      }
    },
    /** A few octets on the wire are gibibytes. */
    ZIPPED {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        exchange.sendResponseHeaders(200, 0);
        fill(new GZIPOutputStream(exchange.getResponseBody()));
      }
    },
    /** An octet in a while. */
    SLOW {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        while (true) {
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          LockSupport.parkNanos(200_000_000);
        }
      }
    },
    /** It is small enough, and deep. */
    DEEP {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        send(exchange, "{\"keys\":" + "[".repeat(250_000));
      }
    },
    /** It is small enough, and each of its keys costs as much as one that is taken can. */
    COSTLY {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        send(exchange, COSTLY_KEYS);
      }
    },
    /** It is elsewhere, and there too. */
    MOVED {
      @Override
      void answer(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Location", exchange.getRequestURI().toString());
        exchange.sendResponseHeaders(302, -1);
      }
    };

    private static final String COSTLY_KEYS = costlyKeys();

    abstract void answer(HttpExchange exchange) throws IOException;

    String path() {
      return "/" + name().toLowerCase(java.util.Locale.ROOT);
    }

    String issuer() {
      return "https://" + name().toLowerCase(java.util.Locale.ROOT) + ".test";
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
      byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, octets.length);
      exchange.getResponseBody().write(octets);
    }

    /** Goes on until the other side has enough. */
    private static void fill(OutputStream out) throws IOException {
      byte[] spaces = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
      while (true) {
        out.write(spaces);
      }
    }

    /** Keys without a name, so that each of them may be the one of a token. */
    private static String costlyKeys() {
      byte[] modulus = new byte[1024];
      java.util.Arrays.fill(modulus, (byte) 0xff);
      String number = Base64.getUrlEncoder().withoutPadding().encodeToString(modulus);
      String exponent =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(BigInteger.valueOf(65_537).toByteArray());
      StringBuilder keys = new StringBuilder("{\"keys\":[");
      for (int i = 0; i < 150; i++) {
        keys.append(i == 0 ? "" : ",")
            .append("{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"")
            .append(number)
            .append("\",\"e\":\"")
            .append(exponent)
            .append("\"}");
      }
      return keys.append("]}").toString();
    }
  }

  private final HttpServer server;
  private final Map<Kind, AtomicInteger> asked = new EnumMap<>(Kind.class);

  private HostileIssuers(HttpServer server) {
    this.server = server;
  }

  static HostileIssuers start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(Executors.newCachedThreadPool(Attackers::unstarted));
    HostileIssuers issuers = new HostileIssuers(server);
    for (Kind kind : Kind.values()) {
      issuers.asked.put(kind, new AtomicInteger());
      server.createContext(
          kind.path(),
          exchange -> {
            issuers.of(kind).incrementAndGet();
            try (exchange) {
              kind.answer(exchange);
            }
          });
    }
    server.start();
    return issuers;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Returns how often any of them was asked. */
  int asked() {
    return asked.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Returns how often one was asked. */
  int asked(Kind kind) {
    return of(kind).get();
  }

  private AtomicInteger of(Kind kind) {
    return Objects.requireNonNull(asked.get(kind));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
