package dev.hawser.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DnsListenerTest {
  private static final ServiceName ORDERS = new ServiceName("orders", "shop");
  private static final ServiceName IN_DEFAULT = new ServiceName("orders", "default");
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private UpstreamResolver upstream;
  private DnsListener dns;

  @BeforeEach
  void start() throws Exception {
    upstream = UpstreamResolver.start();
    dns = listener(List.of(upstream.address()));
  }

  @AfterEach
  void stop() throws Exception {
    dns.close();
    upstream.close();
  }

  @Test
  void everySpellingOfAServiceIsAnsweredWithItsLocalAddress() throws Exception {
    for (String name : MeshHost.spellings(ORDERS)) {
      if (!name.endsWith(".consul")) {
        assertThat(addresses(byUdp(Dns.query(1, name, 1)))).as(name).containsExactly("127.1.0.10");
      }
    }
    assertThat(addresses(byUdp(Dns.query(1, "orders.service.consul", 1))))
        .containsExactly("127.1.0.11");
    assertThat(addresses(byUdp(Dns.query(1, "ORDERS.Shop.SVC.cluster.local", 1))))
        .containsExactly("127.1.0.10");
    assertThat(upstream.asked()).isEmpty();
  }

  @Test
  void answersOverTcpAreTheSameAndSeveralGoOverOneConnection() throws Exception {
    try (Socket socket = new Socket(LOOPBACK, dns.address().getPort())) {
      for (int id = 1; id <= 3; id++) {
        byte[] answer = overTcp(socket, Dns.query(id, "orders.shop", 1));
        assertThat(Dns.id(answer)).isEqualTo(id);
        assertThat(addresses(answer)).containsExactly("127.1.0.10");
      }
    }
  }

  @Test
  void anUnknownNameWithASuffixOfTheMeshDoesNotExist() throws Exception {
    for (String name :
        List.of(
            "nothing.shop.svc.cluster.local",
            "nothing.shop.svc.clusterset.local",
            "a.b.c.svc.cluster.local",
            "nothing.service.consul")) {
      byte[] answer = byUdp(Dns.query(7, name, 1));
      assertThat(Dns.rcode(answer)).as(name).isEqualTo(DnsAnswers.NAME_ERROR);
      assertThat(Dns.id(answer)).isEqualTo(7);
    }
    assertThat(upstream.asked()).isEmpty();
  }

  @Test
  void aKnownNameHasNoAddressOfAnotherFamily() throws Exception {
    byte[] answer = byUdp(Dns.query(1, "orders.shop", DnsQuery.TYPE_AAAA));
    assertThat(Dns.rcode(answer)).isZero();
    assertThat(addresses(answer)).isEmpty();
  }

  @Test
  void allOtherNamesAreAskedOfTheUpstreamAndAnswersAreKept() throws Exception {
    byte[] first = byUdp(Dns.query(11, "example.com", 1));
    byte[] second = byUdp(Dns.query(12, "example.com", 1));
    assertThat(addresses(first)).containsExactly("192.0.2.1");
    assertThat(addresses(second)).containsExactly("192.0.2.1");
    assertThat(Dns.id(second)).isEqualTo(12);
    assertThat(upstream.asked()).containsExactly("example.com/udp");
    try (Socket socket = new Socket(LOOPBACK, dns.address().getPort())) {
      assertThat(addresses(overTcp(socket, Dns.query(13, "other.example", 1))))
          .containsExactly("192.0.2.1");
    }
    assertThat(upstream.asked()).contains("other.example/tcp");
  }

  @Test
  void aShortNameThatIsNotAServiceMayBeOneOfTheWorld() throws Exception {
    assertThat(addresses(byUdp(Dns.query(1, "intranet", 1)))).containsExactly("192.0.2.1");
  }

  @Test
  void theNextUpstreamIsAskedWhenTheFirstIsSilentOrForges() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK);
        UpstreamResolver forger = UpstreamResolver.forging();
        DnsListener patient =
            listener(
                List.of(
                    (InetSocketAddress) silent.getLocalSocketAddress(),
                    forger.address(),
                    upstream.address()))) {
      assertThat(addresses(byUdp(patient, Dns.query(1, "example.com", 1))))
          .containsExactly("192.0.2.1");
      assertThat(upstream.asked()).containsExactly("example.com/udp");
    }
  }

  @Test
  void withoutAnUpstreamThatAnswersTheQueryFails() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK);
        DnsListener alone = listener(List.of((InetSocketAddress) silent.getLocalSocketAddress()));
        DnsListener none = listener(List.of())) {
      assertThat(Dns.rcode(byUdp(alone, Dns.query(1, "example.com", 1))))
          .isEqualTo(DnsAnswers.SERVER_FAILURE);
      assertThat(Dns.rcode(byUdp(none, Dns.query(1, "example.com", 1))))
          .isEqualTo(DnsAnswers.REFUSED);
    }
  }

  @Test
  void aQueryWithAnOptRecordIsAnsweredWithOne() throws Exception {
    byte[] answer = byUdp(Dns.withOpt(Dns.query(1, "orders.shop", 1)));
    assertThat(addresses(answer)).containsExactly("127.1.0.10");
    assertThat(DnsQuery.u16(answer, 10)).isEqualTo(1);
  }

  @Test
  void malformedQueriesGetAnErrorAndResponsesGetNothing() throws Exception {
    byte[] twoQuestions = Dns.query(3, "orders.shop", 1);
    twoQuestions[5] = 2;
    assertThat(Dns.rcode(byUdp(twoQuestions))).isEqualTo(DnsAnswers.FORMAT_ERROR);
    byte[] pointer = Dns.query(3, "orders.shop", 1);
    pointer[12] = (byte) 0xC0;
    assertThat(Dns.rcode(byUdp(pointer))).isEqualTo(DnsAnswers.FORMAT_ERROR);
    byte[] update = Dns.query(3, "orders.shop", 1);
    update[2] = 0x28;
    assertThat(Dns.rcode(byUdp(update))).isEqualTo(DnsAnswers.NOT_IMPLEMENTED);
    byte[] response = Dns.query(3, "orders.shop", 1);
    response[2] |= (byte) 0x80;
    assertThat(send(dns, response, 300)).isEmpty();
    assertThat(addresses(byUdp(Dns.query(4, "orders.shop", 1)))).hasSize(1);
  }

  @Test
  void thePortOfANameIsToldWithTheHostAndItsAddress() throws Exception {
    byte[] answer = byUdp(Dns.query(1, "_http._tcp.orders.shop.svc.cluster.local", 33));
    assertThat(Dns.rcode(answer)).isZero();
    assertThat(Dns.services(answer)).containsExactly("0 100 8080 orders.shop.svc.cluster.local");
    assertThat(Dns.addresses(answer)).containsExactly("127.1.0.10");

    assertThat(Dns.services(byUdp(Dns.query(2, "_db._tcp.orders.shop.svc", 33))))
        .containsExactly("0 100 5432 orders.shop.svc");
    assertThat(Dns.rcode(byUdp(Dns.query(3, "_smtp._tcp.orders.shop.svc", 33)))).isEqualTo(3);
    assertThat(Dns.rcode(byUdp(Dns.query(4, "_http._tcp.nobody.shop.svc", 33)))).isEqualTo(3);
  }

  @Test
  void resolversAreReadFromTheHostsConfiguration(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("resolv.conf"),
            "# comment\nsearch shop.svc\nnameserver 192.0.2.53\nnameserver  2001:db8::53 # six\n");
    assertThat(DnsOptions.resolvers(file))
        .containsExactly(
            new InetSocketAddress("192.0.2.53", 53), new InetSocketAddress("2001:db8::53", 53));
    assertThat(DnsOptions.resolvers(folder.resolve("absent"))).isEmpty();
  }

  private static DnsListener listener(List<InetSocketAddress> upstreams) throws IOException {
    return DnsListener.start(
        new DnsOptions(
            new InetSocketAddress(LOOPBACK, 0),
            "shop",
            "default",
            upstreams,
            Duration.ofMillis(300),
            Duration.ofSeconds(5)),
        (service, then) -> Thread.ofVirtual().start(() -> then.accept(place(service))));
  }

  private static MeshNames.Place place(ServiceName service) {
    if (service.equals(ORDERS)) {
      return new MeshNames.Place(
          List.of(InetAddress.ofLiteral("127.1.0.10")), Map.of("http", 8080, "db", 5432));
    }
    return service.equals(IN_DEFAULT)
        ? new MeshNames.Place(List.of(InetAddress.ofLiteral("127.1.0.11")), Map.of())
        : MeshNames.Place.UNKNOWN;
  }

  private static List<String> addresses(byte[] answer) throws IOException {
    assertThat(Dns.rcode(answer)).isZero();
    return Dns.addresses(answer);
  }

  private byte[] byUdp(byte[] query) throws IOException {
    return byUdp(dns, query);
  }

  private static byte[] byUdp(DnsListener listener, byte[] query) throws IOException {
    byte[] answer = send(listener, query, 5000);
    assertThat(answer).as("an answer").isNotEmpty();
    return answer;
  }

  private static byte[] send(DnsListener listener, byte[] query, int patience) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      socket.setSoTimeout(patience);
      socket.send(new DatagramPacket(query, query.length, listener.address()));
      DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
      socket.receive(packet);
      return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    } catch (SocketTimeoutException _) {
      return new byte[0];
    }
  }

  private static byte[] overTcp(Socket socket, byte[] query) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeShort(query.length);
    out.write(query);
    out.flush();
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    return answer;
  }
}
