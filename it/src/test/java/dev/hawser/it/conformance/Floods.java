package dev.hawser.it.conformance;

import dev.hawser.it.harness.LoopbackMesh;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the attacks are made of. */
final class Floods {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private Floods() {}

  /**
   * The end of an attack: connections that are still open then are closed, whatever they wait for.
   */
  static final class Until {
    private final long end;
    private final Set<Attacker> open = ConcurrentHashMap.newKeySet();

    Until(Duration time) {
      end = System.nanoTime() + time.toNanos();
      CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> closeAll(open));
    }

    boolean isAhead() {
      return System.nanoTime() < end;
    }

    void await() {
      while (isAhead()) {
        LockSupport.parkNanos(Math.min(SECOND, end - System.nanoTime()));
      }
    }
  }

  /** Opens a connection. */
  @FunctionalInterface
  interface Opening {
    Attacker open() throws IOException;
  }

  /** One step of a flood. */
  @FunctionalInterface
  interface Step {
    void take(Attacker attacker, int round) throws IOException;
  }

  /** Floods connections one after the other and returns how many the proxy ended. */
  static long connections(Until until, Opening opening, Step step) throws IOException {
    long ended = 0;
    while (until.isAhead()) {
      try (Attacker attacker = opening.open()) {
        until.open.add(attacker);
        try {
          for (int round = 0; until.isAhead(); round++) {
            step.take(attacker, round);
          }
        } finally {
          until.open.remove(attacker);
        }
      } catch (SocketException _) {
        ended += until.isAhead() ? 1 : 0;
      }
    }
    return ended;
  }

  static long http2(LoopbackMesh mesh, Until until, Step step) throws IOException {
    return connections(until, () -> Attacker.http2(mesh.upstream()), step);
  }

  /** Sends the beginning, then an octet a second on each connection; one that ended comes again. */
  static long drip(InetSocketAddress target, Attack.Size size, Until until, String beginning)
      throws IOException {
    long ended = 0;
    List<Attacker> all = new ArrayList<>();
    try {
      while (until.isAhead()) {
        long round = System.nanoTime();
        for (Attacker attacker : List.copyOf(all)) {
          if (!attacker.trySend("y")) {
            ended++;
            all.remove(attacker);
            attacker.close();
          }
        }
        while (all.size() < size.slow() && until.isAhead()) {
          Attacker attacker = new Attacker(target);
          all.add(attacker);
          attacker.send(beginning);
        }
        LockSupport.parkNanos(round + SECOND - System.nanoTime());
      }
      return ended;
    } finally {
      closeAll(all);
    }
  }

  /** Sends requests on each connection for as long as the proxy takes them. */
  static long unread(InetSocketAddress target, Attack.Size size, Until until, byte[] requests)
      throws IOException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < size.slow(); i++) {
      Attacker attacker = Attacker.withoutRoom(target);
      until.open.add(attacker);
      threads.add(
          Attackers.start(() -> {
            while (attacker.trySend(requests)) {
              Thread.onSpinWait();
            }
          }));
    }
    until.await();
    closeAll(until.open);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    return 0;
  }

  /**
   * Returns fields as literals without indexing (RFC 7541 section 6.2.2); names and values
   * alternate.
   */
  static byte[] fields(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      byte[] octets = fields[i].getBytes(StandardCharsets.ISO_8859_1);
      block.write(octets.length);
      block.writeBytes(octets);
    }
    return block.toByteArray();
  }

  /** Returns a ClientHello of TLS 1.3 that names a server (RFC 8446 section 4.1.2). */
  static byte[] clientHello(String serverName) {
    byte[] name = serverName.getBytes(StandardCharsets.US_ASCII);
    byte[] host = join(new byte[] {0}, sized(2, name));
    byte[] extensions =
        join(new byte[] {0, 0}, sized(2, sized(2, host)), new byte[] {0, 0x2B, 0, 3, 2, 3, 4});
    byte[] hello =
        join(
            new byte[] {3, 3},
            new byte[32],
            new byte[] {0, 0, 2, 0x13, 1, 1, 0},
            sized(2, extensions));
    byte[] handshake = join(new byte[] {1}, sized(3, hello));
    return join(new byte[] {0x16, 3, 1}, sized(2, handshake));
  }

  private static byte[] sized(int octets, byte[] content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
      all.write(content.length >>> shift);
    }
    all.writeBytes(content);
    return all.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static void closeAll(Collection<Attacker> all) {
    for (Attacker attacker : all) {
      try {
        attacker.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
