package dev.hawser.it.programs;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what {@code it/programs/install} has installed. */
public final class Programs {
  private static final String ETCD = "etcd-3.6.16/etcd";
  private static final String API_SERVER = "kubernetes-1.35.4/kube-apiserver";
  private static final String CONTROLLER_MANAGER = "kubernetes-1.35.4/kube-controller-manager";
  private static final String CONSUL = "consul-1.14.3/consul";
  private static final String ENVOY = "envoy-1.40.0/bin/envoy";
  private static final String HELM = "helm-4.3.1/helm";

  private static final String H2SPEC = "h2spec-2.2.0/h2spec";
  private static final String GRPCIO = "grpcio-1.85.1/bin/python3";
  private static final String AUTOBAHN = "autobahn-0.1.5";

  private Programs() {}

  public static String etcd() {
    return find(ETCD);
  }

  public static String apiServer() {
    return find(API_SERVER);
  }

  public static String controllerManager() {
    return find(CONTROLLER_MANAGER);
  }

  public static String consul() {
    return find(CONSUL);
  }

  public static String envoy() {
    return find(ENVOY);
  }

  public static String helm() {
    return find(HELM);
  }

  public static String h2spec() {
    return find(H2SPEC);
  }

  /** Returns the folder with {@code suite.jar} and {@code jython.jar}. */
  public static String autobahn() {
    return find(AUTOBAHN);
  }

  /** Returns a Python that has gRPC; {@code it/programs/install grpcio} installs it. */
  public static String pythonWithGrpc() {
    return find(GRPCIO, "`it/programs/install grpcio`");
  }

  /** A missing program fails a story: it never skips it. */
  private static String find(String name) {
    return find(name, "`make programs`");
  }

  private static String find(String name, String by) {
    Path program = folder().resolve(name);
    if (!Files.isExecutable(program)) {
      throw new AssertionError(program + " is missing (expected: installed by " + by + ")");
    }
    return program.toString();
  }

  private static Path folder() {
    String own = System.getenv("HAWSER_PROGRAMS");
    if (own != null && !own.isEmpty()) {
      return Path.of(own);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && !cache.isEmpty()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("hawser/programs");
  }
}
