package dev.hawser.it.programs;

import dev.hawser.it.harness.Managed;
import dev.hawser.testing.ports.FreePorts;
import java.util.List;
import java.util.Map;

/** An etcd of one member, for an API server to stand on. */
public final class EtcdServer implements AutoCloseable {
  private final Managed process;
  private final String url;

  private EtcdServer(Managed process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it; the API server waits for it by itself. */
  public static EtcdServer start(Place place) {
    String url = "http://" + place.address() + ":" + FreePorts.next();
    String peers = "http://" + place.address() + ":" + FreePorts.next();
    List<String> command =
        place.command(
            List.of(
                Programs.etcd(),
                "--data-dir",
                place.folder().resolve("etcd").toString(),
                "--listen-client-urls",
                url,
                "--advertise-client-urls",
                url,
                "--listen-peer-urls",
                peers,
                "--initial-advertise-peer-urls",
                peers,
                "--initial-cluster",
                "default=" + peers,
                "--unsafe-no-fsync",
                "--log-level",
                "error"));
    return new EtcdServer(Managed.start("etcd", place.logs(), Map.of(), command), url);
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    process.close();
  }
}
