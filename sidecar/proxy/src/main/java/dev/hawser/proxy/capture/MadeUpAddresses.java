package dev.hawser.proxy.capture;

import dev.hawser.api.naming.ServiceName;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Addresses for services that have none here, so that a program can open a connection to one: of
 * 240.240.0.0/16, which nobody routes (RFC 1112 section 4) and which Istio uses for the same. A
 * service keeps its address across restarts, for programs keep what DNS told them. Thread-safe.
 */
public final class MadeUpAddresses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MadeUpAddresses.class);
  private static final int FIRST = 240;

  /** Of the last two octets; neither 0.0 nor 255.255. */
  private static final int ROOM = 65_534;

  private final Path file;
  private final Map<Integer, ServiceName> byNumber = new HashMap<>();
  private final Map<ServiceName, Integer> byName = new HashMap<>();

  /** Whether the writer is still going to look at what there is. */
  private boolean saving;

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("addresses").factory());

  private MadeUpAddresses(Path file) {
    this.file = file;
  }

  /**
   * Takes those of the last run, if there was one.
   *
   * @param file a line for each, {@code 240.240.3.7 orders.shop}; one that is damaged is passed
   *     over
   * @throws IOException if it cannot be read
   */
  public static MadeUpAddresses open(Path file) throws IOException {
    MadeUpAddresses addresses = new MadeUpAddresses(file);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        addresses.restore(line);
      }
    }
    return addresses;
  }

  private synchronized void restore(String line) {
    try {
      int space = line.indexOf(' ');
      int number = space < 0 ? -1 : number(InetAddress.ofLiteral(line.substring(0, space)));
      ServiceName service = ServiceName.parse(line.substring(space + 1));
      if (number > 0 && !byNumber.containsKey(number) && !byName.containsKey(service)) {
        byNumber.put(number, service);
        byName.put(service, number);
        return;
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("Not an address and a service line='{}'", line, e);
    }
    LOG.warn("A made-up address is passed over file={} line='{}'", file, line);
  }

  /** Returns the address of a service, making one up if it has none; empty if all are given. */
  public synchronized Optional<InetAddress> of(ServiceName service) {
    Integer known = byName.get(service);
    if (known != null) {
      return Optional.of(address(known));
    }
    if (byName.size() >= ROOM) {
      return Optional.empty();
    }
    // By its name, so that it is likely the same even where the file was lost.
    int number = Math.floorMod(service.toString().hashCode(), ROOM) + 1;
    while (byNumber.containsKey(number)) {
      number = number % ROOM + 1;
    }
    byNumber.put(number, service);
    byName.put(service, number);
    if (!saving) {
      saving = true;
      writer.execute(this::save);
    }
    return Optional.of(address(number));
  }

  /** Returns the service to which an address was given. */
  public synchronized Optional<ServiceName> at(InetAddress address) {
    return Optional.ofNullable(byNumber.get(number(address)));
  }

  private static int number(InetAddress address) {
    byte[] octets = address.getAddress();
    return address instanceof Inet4Address
            && (octets[0] & 0xFF) == FIRST
            && (octets[1] & 0xFF) == FIRST
        ? ((octets[2] & 0xFF) << 8) | (octets[3] & 0xFF)
        : -1;
  }

  private static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(
          new byte[] {(byte) FIRST, (byte) FIRST, (byte) (number >> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  private synchronized List<String> lines() {
    saving = false;
    List<String> lines = new ArrayList<>();
    byNumber.forEach(
        (number, service) -> lines.add(address(number).getHostAddress() + " " + service));
    return lines;
  }

  private void save() {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.write(next, lines());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("Made-up addresses are not kept for the next run file={}", file, e);
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
