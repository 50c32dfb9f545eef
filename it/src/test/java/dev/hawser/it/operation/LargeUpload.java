package dev.hawser.it.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Vitals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A large request through two sidecars to an application that does not read for a while. */
final class LargeUpload {
  /** What proxies and the sockets between them may hold of it. */
  private static final long ON_THE_WAY = 64L << 20;

  private static final long MORE_MEMORY_MIB = 64;
  private static final int PIECE = 64 * 1024;

  private final AtomicLong sent = new AtomicLong();
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CompletableFuture<Long> received = new CompletableFuture<>();
  private final long size;

  private LargeUpload(long size) {
    this.size = size;
  }

  /**
   * Holds the caller back, then lets all through; the proxies' memory must stay flat.
   *
   * @param size in bytes, a multiple of 64 KiB
   */
  static void through(LoopbackMesh mesh, long size) throws Exception {
    new LargeUpload(size).pass(mesh);
  }

  private void pass(LoopbackMesh mesh) throws Exception {
    try (ServerSocket application = new ServerSocket()) {
      application.bind(mesh.application());
      Thread.ofVirtual().start(() -> serve(application));
      mesh.awaitServed();
      Vitals caller = Vitals.of(mesh.callerProxy().family().getFirst());
      Vitals callee = Vitals.of(mesh.calleeProxy().family().getFirst());

      CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> post(mesh.upstream()));
      await("what is sent while nobody reads stands still").until(this::isStill);
      long held = sent.get();
      assertThat(held).isBetween(1L, ON_THE_WAY);

      reading.countDown();
      Vitals callerPeak = caller;
      Vitals calleePeak = callee;
      while (!answer.isDone()) {
        callerPeak = callerPeak.peak(Vitals.of(mesh.callerProxy().family().getFirst()));
        calleePeak = calleePeak.peak(Vitals.of(mesh.calleeProxy().family().getFirst()));
        Thread.sleep(50);
      }
      System.out.printf(
          "STORY upload of %d MiB: %d KiB on the way while nobody read; memory of the caller's sidecar %d to %d MiB, of the callee's %d to %d MiB%n",
          size >> 20,
          held >> 10,
          caller.residentMiB(),
          callerPeak.residentMiB(),
          callee.residentMiB(),
          calleePeak.residentMiB());
      assertThat(answer.get()).startsWith("HTTP/1.1 200 ");
      assertThat(received.get()).isEqualTo(size);
      assertThat(callerPeak.residentMiB()).isLessThan(caller.residentMiB() + MORE_MEMORY_MIB);
      assertThat(calleePeak.residentMiB()).isLessThan(callee.residentMiB() + MORE_MEMORY_MIB);
    }
  }

  private boolean isStill() throws InterruptedException {
    long before = sent.get();
    Thread.sleep(1000);
    return before > 0 && sent.get() == before;
  }

  private String post(InetSocketAddress to) {
    try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
      socket.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /upload HTTP/1.1\r\nhost: app.shop\r\ncontent-length: " + size + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      byte[] piece = new byte[PIECE];
      for (long left = size; left > 0; left -= PIECE) {
        out.write(piece);
        sent.addAndGet(PIECE);
      }
      byte[] head = new byte[16];
      int read = socket.getInputStream().readNBytes(head, 0, head.length);
      return new String(head, 0, read, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Serves until the socket is closed; probes make connections without a request. */
  private void serve(ServerSocket application) {
    try {
      while (true) {
        Socket socket = application.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException e) {
      assertThat(application.isClosed()).as(e.toString()).isTrue();
    }
  }

  private void answer(Socket accepted) {
    try (Socket socket = accepted) {
      InputStream in = socket.getInputStream();
      if (!skipHead(in)) {
        return;
      }
      reading.await();
      byte[] piece = new byte[PIECE];
      long read = 0;
      int more = 0;
      while (more >= 0 && read < size) {
        more = in.read(piece);
        read += Math.max(0, more);
      }
      received.complete(read);
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException | InterruptedException e) {
      received.completeExceptionally(e);
    }
  }

  private static boolean skipHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int octet = in.read();
      if (octet < 0) {
        return false;
      }
      matched = octet == "\r\n\r\n".charAt(matched) ? matched + 1 : octet == '\r' ? 1 : 0;
    }
    return true;
  }
}
