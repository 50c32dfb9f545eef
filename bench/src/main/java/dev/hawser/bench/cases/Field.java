package dev.hawser.bench.cases;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hawser.bench.load.Load;
import dev.hawser.bench.load.LoadResult;
import dev.hawser.bench.load.Target;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The subjects of a case that can do its task, all up at the same time. */
final class Field implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 100;

  private final Map<Subject, Rig> rigs = new EnumMap<>(Subject.class);

  private Field() {}

  /**
   * Starts them and waits until each serves a load of one second without a failure.
   *
   * @throws CaseFailed if one does not
   */
  static Field start(Bench bench, Task task, Load load)
      throws CaseFailed, IOException, InterruptedException {
    Field field = new Field();
    try {
      for (Subject subject : Subject.values()) {
        var rig = bench.start(subject, task);
        if (rig.isPresent()) {
          field.rigs.put(subject, rig.get());
          awaitServing(subject, rig.get(), load);
        }
      }
      return field;
    } catch (CaseFailed | IOException | RuntimeException | InterruptedException e) {
      field.close();
      throw e;
    }
  }

  static void awaitServing(Subject subject, Rig rig, Load load)
      throws CaseFailed, IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing listens at " + rig.target();
    while (System.nanoTime() < deadline && rig.isAlive()) {
      if (listens(rig.target())) {
        try {
          LoadResult result = load.run(rig.target(), Duration.ofSeconds(1));
          if (result.failures().isEmpty() && result.done() > 0) {
            return;
          }
          last = result.done() + " answers, " + result.failures();
        } catch (IOException e) {
          last = String.valueOf(e.getMessage());
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new CaseFailed(
        subject.label()
            + (rig.isAlive()
                ? " does not serve after " + PATIENCE.toSeconds() + " s: "
                : " has ended: ")
            + last
            + "\n"
            + rig.lastWords());
  }

  /** Waits until something listens where a subject's load goes. */
  static void awaitListening(Subject subject, Rig rig) throws CaseFailed, InterruptedException {
    await(subject, rig, () -> listens(rig.target()), "nothing listens");
  }

  /** Waits until a subject has answered one request. */
  static void awaitFirstAnswer(Subject subject, Rig rig) throws CaseFailed, InterruptedException {
    await(subject, rig, () -> answers(rig.target()), "no answer with status 200");
  }

  private static void await(
      Subject subject, Rig rig, java.util.function.BooleanSupplier condition, String otherwise)
      throws CaseFailed, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline || !rig.isAlive()) {
        throw new CaseFailed(
            subject.label() + ": " + otherwise + " at " + rig.target() + "\n" + rig.lastWords());
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private static boolean answers(Target target) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(target.host(), target.port()), 1000);
      socket.setSoTimeout(5000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: app.bench\r\n\r\n".getBytes(US_ASCII));
      return new String(socket.getInputStream().readNBytes(12), US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean listens(Target target) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(target.host(), target.port()), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Returns the subjects in the order of a round: each is first as often as the others. */
  List<Subject> order(int round) {
    List<Subject> order = new ArrayList<>(rigs.keySet());
    java.util.Collections.rotate(order, -round % Math.max(1, order.size()));
    return order;
  }

  /** Returns a subject that is up. */
  Rig rig(Subject subject) {
    Rig rig = rigs.get(subject);
    if (rig == null) {
      throw new IllegalArgumentException(subject + " (expected: one of " + rigs.keySet() + ")");
    }
    return rig;
  }

  @Override
  public void close() throws IOException {
    for (Rig rig : rigs.values()) {
      rig.close();
    }
  }
}
