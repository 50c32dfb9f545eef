package dev.hawser.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An application and the proxy beside it, at an address of their own. */
public final class Pod implements AutoCloseable {
  private static final int APPLICATION_PORT = 8080;

  private final String name;
  private final String service;
  private final Site site;
  private final String address;
  private final LocalAdmin admin;
  private final Managed application;
  private final Managed proxy;

  private Pod(String name, String service, LocalAdmin admin, Managed application, Managed proxy) {
    this.name = name;
    this.service = service;
    this.admin = admin;
    this.site = admin.site();
    this.address = site.address(admin.host());
    this.application = application;
    this.proxy = proxy;
  }

  /**
   * Starts both, with the example shop as the application.
   *
   * @param join the line of the proxy's start file that says how it proves who it is
   * @param upstreams by service name in the namespace {@code shop}, the local port
   */
  public static Pod start(
      String name,
      String service,
      Site site,
      int host,
      Path stories,
      String join,
      Map<String, Integer> upstreams) {
    String address = site.address(host);
    List<String> shop =
        new ArrayList<>(
            List.of(
                Home.java(),
                "-XX:+UseSerialGC",
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Home.checkout().resolve("deploy/examples/target/classes").toString(),
                "dev.hawser.examples.shop.Shop",
                "--service",
                service,
                "--instance",
                name,
                "--cluster",
                site.name(),
                "--listen",
                address + ":" + APPLICATION_PORT));
    upstreams.forEach((upstream, port) ->
        shop.addAll(List.of("--upstream", upstream + "=http://" + address + ":" + port + "/")));
    return start(name, service, site, host, stories, join, upstreams, shop);
  }

  /**
   * Starts both.
   *
   * @param application the command of a program that listens on port 8080 of the pod's address
   */
  public static Pod start(
      String name,
      String service,
      Site site,
      int host,
      Path stories,
      String join,
      Map<String, Integer> upstreams,
      List<String> application) {
    LocalAdmin admin = new LocalAdmin(site, host);
    Path config = proxyConfig(name, admin, stories, join, upstreams);
    Path log = stories.resolve("log");
    return new Pod(
        name,
        service,
        admin,
        Managed.start(name, log, Map.of(), site.command(application)),
        Managed.start(
            name + "-proxy",
            log,
            Map.of(),
            site.command(Home.command("hawser-proxy"), "--config", config.toString())));
  }

  private static Path proxyConfig(
      String name, LocalAdmin admin, Path stories, String join, Map<String, Integer> upstreams) {
    Site site = admin.site();
    String address = site.address(admin.host());
    List<String> lines =
        new ArrayList<>(
            List.of(
                "node: " + name,
                "address: " + address,
                "locality: " + site.name() + "/a",
                "dataDir: " + stories.resolve(name),
                join,
                "application: {host: " + address + "}",
                "listen: {outboundAddress: " + address + ", admin: \"" + admin.address() + "\"}",
                "accessLog: " + stories.resolve("log").resolve(name + "-access.log"),
                upstreams.isEmpty() ? "upstreams: []" : "upstreams:"));
    upstreams.forEach((service, port) ->
        lines.add(
            "- {service: "
                + service
                + ".shop, port: 8080, listen: \""
                + address
                + ":"
                + port
                + "\"}"));
    try {
      return Files.write(stories.resolve(name + ".yaml"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String name() {
    return name;
  }

  /** Returns the service account that it runs as, and the service it serves. */
  public String service() {
    return service;
  }

  public Site site() {
    return site;
  }

  public String address() {
    return address;
  }

  /** Returns its proxy's administration. */
  public LocalAdmin admin() {
    return admin;
  }

  public Managed application() {
    return application;
  }

  public Managed proxy() {
    return proxy;
  }

  /** SIGKILL to application and proxy. */
  public void kill() {
    proxy.kill();
    application.kill();
  }

  /** Starts both again. */
  public void restart() {
    application.restart();
    proxy.restart();
  }

  @Override
  public void close() {
    proxy.close();
    application.close();
  }
}
