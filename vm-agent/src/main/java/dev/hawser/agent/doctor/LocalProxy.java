package dev.hawser.agent.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.host.identity.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The proxy of this machine, as its administration and its callers see it. HTTP/1.0 by hand: the
 * platform's client lets nobody say another Host than the address.
 */
final class LocalProxy {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SERVICE = Pattern.compile("[a-z0-9-]+\\.[a-z0-9-]+:[0-9]{1,5}");
  private static final int MAX = 4 << 20;

  private final Duration patience;

  LocalProxy(Duration patience) {
    this.patience = patience;
  }

  /**
   * What a request came to.
   *
   * @param status of HTTP
   */
  record Reply(int status, String body) {}

  /** Returns the services that the proxy knows by now: those that were called. */
  Seen<List<UpstreamView>> upstreams(InetSocketAddress admin) {
    try {
      Reply reply = get(admin, "localhost", "/upstreams");
      if (reply.status() != 200) {
        return Seen.unknown("its administration answered with status " + reply.status());
      }
      return Seen.found(read(reply.body()));
    } catch (IOException e) {
      return Seen.unknown("its administration at " + text(admin) + ": " + e.getMessage());
    }
  }

  static List<UpstreamView> read(String json) throws IOException {
    List<UpstreamView> views = new ArrayList<>();
    for (JsonNode one : JSON.readTree(json)) {
      String name = one.path("name").asText();
      if (!SERVICE.matcher(name).matches()) {
        continue; // The own application, or the world outside.
      }
      List<UpstreamView.Place> places = new ArrayList<>();
      for (JsonNode endpoint : one.path("endpoints").path("endpoints")) {
        places.add(
            new UpstreamView.Place(
                endpoint.path("address").asText(),
                endpoint.path("cluster").asText(),
                endpoint.path("state").asText()));
      }
      views.add(new UpstreamView(name, one.path("protocol").asText(), places));
    }
    return List.copyOf(views);
  }

  /** Asks for a page. */
  Reply get(InetSocketAddress place, String host, String path) throws IOException {
    try (Socket socket = open(place)) {
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nhost: "
              + host
              + "\r\nuser-agent: hawser-agent-doctor\r\nconnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return HttpReply.read(socket.getInputStream(), MAX);
    }
  }

  /**
   * Connects as a program does that then says nothing: the proxy takes every redirected connection,
   * and ends it when it finds nobody behind.
   *
   * @return why not; empty if it stands
   */
  String bytes(HostPort place) {
    try (Socket socket = open(new InetSocketAddress(place.host(), place.port()))) {
      InputStream in = socket.getInputStream();
      // A server that speaks first is as good as one that waits.
      return in.read() < 0 ? "it was ended before a byte came" : "";
    } catch (SocketTimeoutException _) {
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Socket open(InetSocketAddress place) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(place, (int) patience.toMillis());
      socket.setSoTimeout((int) patience.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static String text(InetSocketAddress place) {
    return new HostPort(place.getAddress().getHostAddress(), place.getPort()).toString();
  }
}
