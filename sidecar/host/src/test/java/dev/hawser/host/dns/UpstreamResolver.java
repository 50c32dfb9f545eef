package dev.hawser.host.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A resolver that knows one address for every name. */
final class UpstreamResolver implements AutoCloseable {
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final boolean forges;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private UpstreamResolver(boolean forges) throws IOException {
    this.forges = forges;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    this.tcp = new ServerSocket(0, 10, loopback);
    this.udp = new DatagramSocket(tcp.getLocalPort(), loopback);
    Thread.ofVirtual().start(this::serveUdp);
    Thread.ofVirtual().start(this::serveTcp);
  }

  static UpstreamResolver start() throws IOException {
    return new UpstreamResolver(false);
  }

  /** Answers under another id, as one who has to guess would. */
  static UpstreamResolver forging() throws IOException {
    return new UpstreamResolver(true);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.getLocalSocketAddress();
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  private void serveUdp() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        udp.receive(packet);
        byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()), "udp");
        udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        try (Socket socket = tcp.accept()) {
          DataInputStream in = new DataInputStream(socket.getInputStream());
          byte[] query = new byte[in.readUnsignedShort()];
          in.readFully(query);
          byte[] answer = answer(query, "tcp");
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          out.writeShort(answer.length);
          out.write(answer);
          out.flush();
        }
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private byte[] answer(byte[] query, String transport) throws IOException {
    asked.add(Dns.name(query) + "/" + transport);
    return forges
        ? Dns.answer(query, Dns.id(query) ^ 0x5555, "203.0.113.66")
        : Dns.answer(query, Dns.id(query), "192.0.2.1");
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
