package dev.hawser.it.conformance;

import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Site;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an outsider does to a proxy, bounded in count and time. */
enum Attack {
  /** One octet of a head each second. */
  SLOW_HEADS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      return Floods.drip(mesh.upstream(), size, until, "GET / HTTP/1.1\r\nHost: app\r\nX: ");
    }
  },
  /** One octet of a body each second. */
  SLOW_BODIES {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      return Floods.drip(
          mesh.upstream(),
          size,
          until,
          "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 9999\r\n\r\n");
    }
  },
  /** Requests without end whose answers are not read. */
  UNREAD_ANSWERS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      byte[] requests =
          "GET / HTTP/1.1\r\nHost: app\r\n\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII);
      return Floods.unread(mesh.upstream(), size, until, requests);
    }
  },
  /** Requests that are reset as soon as they are made (CVE-2023-44487). */
  RESETS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      byte[] head =
          Floods.fields(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "app");
      return Floods.http2(
          mesh,
          until,
          (attacker, round) -> {
            int stream = 2 * round + 1;
            attacker.frame(
                Attacker.HEADERS, Attacker.END_HEADERS | Attacker.END_STREAM, stream, head);
            attacker.frame(Attacker.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
          });
    }
  },
  /** A head that never ends (CVE-2024-27919). */
  CONTINUATIONS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      byte[] one = Floods.fields("x-padding", "y".repeat(100));
      return Floods.http2(
          mesh,
          until,
          (attacker, round) ->
              attacker.frame(round == 0 ? Attacker.HEADERS : Attacker.CONTINUATION, 0, 1, one));
    }
  },
  /** Settings that each ask for an acknowledgement, which is not read. */
  SETTINGS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      byte[] table = {0, 1, 0, 0, 16, 0};
      return Floods.http2(
          mesh, until, (attacker, _) -> attacker.frame(Attacker.SETTINGS, 0, 0, table));
    }
  },
  /** Pings whose answers are not read. */
  PINGS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      return Floods.http2(
          mesh, until, (attacker, _) -> attacker.frame(Attacker.PING, 0, 0, new byte[8]));
    }
  },
  /** A field of 4,000 octets that is named ten thousand times with one octet each. */
  HPACK_BOMBS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      ByteArrayOutputStream bomb = new ByteArrayOutputStream();
      bomb.writeBytes(
          Floods.fields(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"));
      // Literal with incremental indexing, then the first entry of the dynamic table (RFC 7541
      // 6.1).
      bomb.writeBytes(new byte[] {0x40, 1, 'x', 0x7F, (byte) 0xA1, 0x1E});
      byte[] value = new byte[4000];
      Arrays.fill(value, (byte) 'y');
      bomb.writeBytes(value);
      byte[] again = new byte[10_000];
      Arrays.fill(again, (byte) 0xBE);
      bomb.writeBytes(again);
      byte[] block = bomb.toByteArray();
      return Floods.http2(
          mesh,
          until,
          (attacker, round) ->
              attacker.frame(
                  Attacker.HEADERS,
                  Attacker.END_HEADERS | Attacker.END_STREAM,
                  2 * round + 1,
                  block));
    }
  },
  /** Heads of HTTP/1.1 without end. */
  HEAD_BOMBS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      byte[] line = ("x-padding: " + "y".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      return Floods.connections(
          until,
          () -> {
            Attacker attacker = new Attacker(mesh.upstream());
            attacker.send("GET / HTTP/1.1\r\nHost: app\r\n");
            return attacker;
          },
          (attacker, _) -> attacker.send(line));
    }
  },
  /** Connections that say nothing. */
  CONNECTIONS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      List<Attacker> all = new ArrayList<>();
      try {
        while (all.size() < size.connections() && until.isAhead()) {
          all.add(new Attacker(mesh.upstream()));
        }
        until.await();
        return all.size();
      } finally {
        Floods.closeAll(all);
      }
    }
  },
  /** Every request asks for another host. */
  HOSTS {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      int asked = 0;
      List<Attacker> all = new ArrayList<>();
      try {
        for (int i = 0; i < 40; i++) {
          // The sidecar's port for all hosts, and the one of a service, which takes any.
          all.add(new Attacker(i % 8 == 0 ? mesh.upstream() : mesh.hosts()));
        }
        while (asked < size.names() && until.isAhead()) {
          for (Attacker attacker : all) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 10; i++) {
              requests.append("GET / HTTP/1.1\r\nHost: h").append(asked++);
              requests.append(".example\r\n\r\n");
            }
            attacker.send(requests.toString());
          }
          for (Attacker attacker : all) {
            attacker.awaitAnswers(10);
          }
        }
        return asked;
      } finally {
        Floods.closeAll(all);
      }
    }
  },
  /** Every connection to the gateway asks for another server name. */
  SERVER_NAMES {
    @Override
    long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException {
      InetSocketAddress gateway =
          new InetSocketAddress(mesh.calleesCluster().gateway(), Site.GATEWAY_PORT);
      int asked = 0;
      while (asked < size.names() && until.isAhead()) {
        try (Attacker attacker = new Attacker(gateway)) {
          attacker.send(Floods.clientHello("p80.n" + asked++ + ".shop.east.mesh.internal"));
          attacker.awaitEnd();
        }
      }
      return asked;
    }
  };

  /**
   * How much at once.
   *
   * @param slow connections of the slow ones
   * @param connections that say nothing
   * @param names of hosts and servers, at most
   */
  record Size(int slow, int connections, int names) {}

  /** Returns what has to have come of it, so that it was one. */
  long least(Size size, Duration time) {
    return switch (this) {
      case CONNECTIONS -> size.connections();
      // So many a second is possible on the slowest machine.
      case HOSTS, SERVER_NAMES -> Math.min(size.names(), 100 * time.toSeconds());
      default -> 0;
    };
  }

  /**
   * Goes on until the time is over.
   *
   * @return connections that the proxy ended, or for the last three what was opened or asked
   */
  abstract long against(LoopbackMesh mesh, Size size, Floods.Until until) throws IOException;
}
