package dev.hawser.host.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A copy of what a machine's kernel shows, and once this machine's own. */
class HostFactsTest {
  private static final Path PROC = Path.of("/proc");
  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";

  /** 0.0.0.0:2200 listens; 192.0.2.1:2022 talks to 192.0.2.9:50000 and waits for 64 octets. */
  private static final String TCP =
      HEAD
          + "   0: 00000000:0898 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0     "
          + "   0 101 1 0 100 0 0 10 0\n"
          + "   1: 010200C0:07E6 090200C0:C350 01 00000040:00000000 01:00000018 00000002     0     "
          + "   0 102 1 0 20 4 29 10 -1\n";

  /** The same peers over IPv4 in the form of IPv6, and [::1]:8443 listens. */
  private static final String TCP6 =
      HEAD
          + "   0: 0000000000000000FFFF0000010200C0:0016 0000000000000000FFFF0000090200C0:C351 01"
          + " 00000000:00000000 02:00000018 00000000     0        0 103 1 0 20 4 29 10 -1\n"
          + "   1: 00000000000000000000000001000000:20FB 00000000000000000000000000000000:0000 0A"
          + " 00000000:00000000 00:00000000 00000000     0        0 104 1 0 100 0 0 10 0\n";

  private static final String UDP =
      HEAD
          + "  10: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0     "
          + "   0 105 2 0 0\n";

  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/net/tcp", TCP);
    write("proc/net/tcp6", TCP6);
    write("proc/net/udp", UDP);
    process(10, 1, "sshd", 0, 101);
    process(20, 10, "bash", 1000, 0);
    process(30, 20, "hawser-agent", 0, 0);
    process(40, 1, "systemd-resolve", 991, 105);
    write("proc/20/environ", "HOME=/\0SSH_CONNECTION=192.0.2.9 50000 192.0.2.1 2022\0");
  }

  @Test
  void sshIsFoundWhereverItIsServed() throws IOException {
    write("etc/ssh/sshd_config", "#Port 1\nport 2322\nPortal 7\n");
    write("etc/ssh/sshd_config.d/50-x.conf", "Port=2422\n");
    HostFacts facts = facts(Map.of(), 40);
    // The usual port, the listener's, and two of the configuration; nobody is logged in.
    assertThat(facts.ssh()).containsExactlyElementsOf(Plans.ports("22", "2200", "2322", "2422"));
    assertThat(facts.session()).isEmpty();
    assertThat(facts.listening()).containsExactlyInAnyOrder(2200, 8443);
  }

  @Test
  void theSessionIsFoundThoughSudoDroppedItsVariable() throws IOException {
    HostFacts facts = facts(Map.of(), 30);
    assertThat(facts.session()).contains(SshSession.parse("192.0.2.9 50000 192.0.2.1 2022"));
    assertThat(facts.ssh()).contains(PortRange.of(2022));
  }

  @Test
  void aSessionThatDoesNotAcknowledgeIsInTrouble() throws IOException {
    Path proc = root.resolve("proc");
    assertThat(SshSession.parse("192.0.2.9 50000 192.0.2.1 2022").trouble(proc))
        .get()
        .asString()
        .contains("192.0.2.9 port 50000", "64 octets");
    assertThat(SshSession.parse("192.0.2.9 50001 192.0.2.1 22").trouble(proc)).isEmpty();
    assertThat(SshSession.parse("192.0.2.9 50002 192.0.2.1 22").trouble(proc))
        .get()
        .asString()
        .contains("has ended");
  }

  @Test
  void aSessionOfAnotherNetworkIsNotWaitedFor() throws IOException {
    HostFacts facts = facts(Map.of("SSH_CONNECTION", "192.0.2.9 1 192.0.2.1 2122"), 40);
    assertThat(facts.session()).isEmpty();
    assertThat(facts.ssh()).contains(PortRange.of(2122));
    assertThatThrownBy(() -> SshSession.parse("192.0.2.9 1 192.0.2.1"))
        .hasMessageContaining("'192.0.2.9 1 192.0.2.1'")
        .hasMessageContaining("expected: ");
  }

  @Test
  void resolversOfThisMachineAreKnownByTheUserTheyRunAs() throws IOException {
    assertThat(facts(Map.of(), 40).resolvers()).containsExactly(991L);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelShowsWhatAConnectionHasNotAcknowledged() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      SshSession session =
          new SshSession(
              (InetSocketAddress) accepted.getRemoteSocketAddress(),
              (InetSocketAddress) accepted.getLocalSocketAddress());
      assertThat(session.isHere(PROC)).isTrue();
      assertThat(session.trouble(PROC)).isEmpty();
      // A peer that does not read acknowledges until its buffer is full, and not a byte more.
      Thread writer = Thread.ofVirtual().start(() -> fill(accepted));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> session.trouble(PROC).orElse("").contains("does not acknowledge"));
      end(client);
      writer.join();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> session.trouble(PROC).orElse("").contains("has ended"));
    }
  }

  private static void end(Socket socket) throws IOException {
    socket.close();
  }

  private static void fill(Socket socket) {
    try {
      for (int i = 0; i < 1000; i++) {
        socket.getOutputStream().write(new byte[1 << 20]);
      }
    } catch (IOException _) {
      // The peer is gone; that ends it.
    }
  }

  private HostFacts facts(Map<String, String> environment, long pid) throws IOException {
    return HostFacts.read(root.resolve("proc"), root.resolve("etc"), environment, pid);
  }

  private void process(long pid, long parent, String name, long user, long socket)
      throws IOException {
    String folder = "proc/" + pid + "/";
    write(folder + "comm", name + "\n");
    write(
        folder + "status",
        "Name:\t" + name + "\nPPid:\t" + parent + "\nUid:\t0\t" + user + "\t0\t0\n");
    write(folder + "environ", "HOME=/\0");
    Files.createDirectories(root.resolve(folder + "fd"));
    Files.createSymbolicLink(root.resolve(folder + "fd/3"), Path.of("socket:[" + socket + "]"));
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
