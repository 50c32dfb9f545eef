package dev.hawser.engine.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;

  /** Says a letter to whoever comes, and closes. */
  @ChannelHandler.Sharable
  private static final class Letter extends ChannelInboundHandlerAdapter {
    private final int letter;
    private final AtomicInteger greeted = new AtomicInteger();

    Letter(char letter) {
      this.letter = letter;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      greeted.incrementAndGet();
      ctx.writeAndFlush(Unpooled.buffer().writeByte(letter))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static EventLoops loops(String name) {
    return EventLoops.start(new EventLoops.Options(1, true, name));
  }

  @Test
  void noConnectionIsRefusedOrLostWhileThePredecessorLetsGo() throws Exception {
    Letter old = new Letter('a');
    Letter successor = new Letter('b');
    Path path = directory.resolve("handover.sock");
    AtomicBoolean stop = new AtomicBoolean();
    List<String> failures = new CopyOnWriteArrayList<>();
    try (EventLoops first = loops("first");
        EventLoops second = loops("second");
        Listener listener = first.listen(ANY_PORT, ListenOptions.defaults(), old);
        HandoverSocket _ =
            HandoverSocket.start(path, first.next(), listener::channels, listener::stopAccepting)) {
      List<Thread> callers =
          List.of(call(listener, stop, failures), call(listener, stop, failures));
      await().until(() -> old.greeted.get() > 100);

      try (Inheritance inheritance = Inheritance.receive(path);
          Listener adopted =
              second.adopt(
                  inheritance.take(listener.address()).orElseThrow(),
                  ListenOptions.defaults(),
                  successor)) {
        assertThat(adopted.address()).isEqualTo(listener.address());
        assertThat(inheritance.take(listener.address())).isEmpty();
        inheritance.predecessorLeaves();
        int then = old.greeted.get();
        await().until(() -> successor.greeted.get() > 500);
        stop.set(true);
        for (Thread caller : callers) {
          caller.join();
        }
        assertThat(old.greeted.get()).isLessThanOrEqualTo(then + 1);
      }
    }
    assertThat(failures).isEmpty();
  }

  private static Thread call(Listener listener, AtomicBoolean stop, List<String> failures) {
    return Thread.ofVirtual()
        .start(() -> {
          while (!stop.get()) {
            try (Socket socket = new Socket()) {
              socket.setSoTimeout(5000);
              if (!connect(socket, listener)) {
                failures.add("connecting");
                continue;
              }
              int letter = socket.getInputStream().read();
              if (letter != 'a' && letter != 'b') {
                failures.add("read " + letter);
              }
            } catch (IOException e) {
              failures.add(e.toString());
            }
          }
        });
  }

  private static boolean connect(Socket socket, Listener listener) {
    try {
      socket.connect(listener.address(), 2000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void whoeverIsConnectedAtTheLastCallIsStillTaken() throws Exception {
    Letter only = new Letter('a');
    AtomicBoolean stop = new AtomicBoolean();
    List<String> failures = new CopyOnWriteArrayList<>();
    try (EventLoops loops = loops("only");
        Listener listener = loops.listen(ANY_PORT, ListenOptions.defaults(), only)) {
      List<Thread> callers =
          List.of(call(listener, stop, failures), call(listener, stop, failures));
      await().until(() -> only.greeted.get() > 200);

      listener.lastCall();
      await().during(Duration.ofMillis(300)).until(() -> true);
      int then = only.greeted.get();
      await().during(Duration.ofMillis(300)).until(() -> only.greeted.get() == then);
      listener.stopAccepting();
      stop.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
    }
    // Not answered, or refused: but none that was connected is cut off.
    assertThat(failures).allMatch(failure -> failure.contains("connecting"));
  }

  @Test
  void successorHasASuccessorAtTheSamePathAfterThePredecessorIsGone() throws Exception {
    Path path = directory.resolve("handover.sock");
    try (EventLoops loops = loops("first");
        Listener listener = loops.listen(ANY_PORT, ListenOptions.defaults(), new Letter('a'))) {
      HandoverSocket first = HandoverSocket.start(path, loops.next(), listener::channels, () -> {});
      try (Inheritance inheritance = Inheritance.receive(path)) {
        inheritance.predecessorLeaves();
      }
      HandoverSocket second =
          HandoverSocket.start(path, loops.next(), listener::channels, () -> {});
      first.close();

      try (Inheritance inheritance = Inheritance.receive(path)) {
        assertThat(inheritance.take(listener.address())).isPresent();
      }
      second.close();
    }
  }

  @Test
  void successorOfNobodyIsTold() {
    assertThatThrownBy(() -> Inheritance.receive(directory.resolve("nobody.sock")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nobody.sock (expected: a proxy that runs)");
  }
}
