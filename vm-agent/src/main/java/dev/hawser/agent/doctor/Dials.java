package dev.hawser.agent.doctor;

import dev.hawser.host.identity.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Opens connections to several places at once and says which are not taken. */
public final class Dials {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private Dials() {}

  /**
   * Dials.
   *
   * @return by place, why not; empty if it answers
   */
  public static Map<String, String> all(Collection<String> places) throws InterruptedException {
    Map<String, String> found = new TreeMap<>();
    List<Thread> threads = new ArrayList<>();
    for (String place : places) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                String trouble = trouble(place);
                synchronized (found) {
                  found.put(place, trouble);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    synchronized (found) {
      return Map.copyOf(found);
    }
  }

  private static String trouble(String place) {
    HostPort target = HostPort.parse(place);
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(target.host(), target.port()), (int) PATIENCE.toMillis());
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
