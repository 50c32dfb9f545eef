package dev.hawser.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy 1.40 by static bootstrap files. */
final class EnvoySetup implements Setup {
  private static final int NET = 2;
  private static final String ROUTER =
      "{name: envoy.filters.http.router, typed_config: {\"@type\":"
          + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";

  /** As our control plane sets them. */
  private static final String LIMITS =
      "{thresholds: [{max_connections: 65535, max_pending_requests: 65535, max_requests: 65535,"
          + " max_retries: 65535}]}";

  private static final String TLS13 =
      "{tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3}";

  private final Launcher launcher;
  private final Path certificates;

  EnvoySetup(Launcher launcher, Path certificates) {
    this.launcher = launcher;
    this.certificates = certificates;
  }

  @Override
  public Optional<Rig> start(Task task) throws IOException {
    Map<String, String> values = values(task);
    List<String> templates =
        switch (task.shape()) {
          case PLAIN -> List.of("envoy-plain");
          case PAIR -> List.of("envoy-callee", "envoy-caller");
          case PAIR_RAW -> List.of("envoy-callee-raw", "envoy-caller-raw");
          case PASSTHROUGH -> List.of("envoy-passthrough");
          case CALLEE -> List.of("envoy-callee");
          case CALLER_RAW -> List.of("envoy-caller-raw");
        };
    if (templates.contains("envoy-caller")) {
      addServices(values, task.known());
    }
    List<Proc> started = new ArrayList<>();
    for (String template : templates) {
      Path file = launcher.write(template + ".yaml", Template.fill(template + ".yaml", values));
      started.add(
          launcher
              .with(task.workers())
              .subject(
                  template,
                  List.of(
                      binary().toString(),
                      "-c",
                      file.toString(),
                      "--concurrency",
                      Integer.toString(task.workers()),
                      "--disable-hot-restart",
                      "--log-level",
                      "warn")));
    }
    return Optional.of(new Rig(Setup.target(task, values), started, () -> {}));
  }

  private Map<String, String> values(Task task) {
    Map<String, String> values = Facts.of(NET, task, certificates);
    values.put("router", ROUTER);
    values.put("limits", LIMITS);
    values.put("tls13", TLS13);
    values.put(
        "rules",
        "{policies: {clusters: {permissions: [{any: true}], principals: [{authenticated:"
            + " {principal_name: {prefix: \"spiffe://"
            + Identities.TRUST_DOMAIN
            + "/\"}}}]}}}");
    values.put("callerCertificate", certificate("web"));
    values.put("calleeCertificate", certificate("app"));
    values.put("callerTrust", trust(""));
    values.put(
        "calleeTrust",
        trust(
            ", match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: \""
                + values.get("calleeId")
                + "\"}}]"));
    values.put(
        "appProtocol",
        task.app() == Task.App.HTTP1 ? "http_protocol_options" : "http2_protocol_options");
    return values;
  }

  private static void addServices(Map<String, String> values, int known) throws IOException {
    StringBuilder hosts = new StringBuilder();
    StringBuilder clusters = new StringBuilder();
    for (int i = 0; i < known; i++) {
      Map<String, String> service = new HashMap<>(values);
      String name = Facts.service(i);
      service.put("name", name);
      service.put(
          "domains",
          known == 1 ? "[\"*\"]" : "[\"%s.bench\", \"%s.bench:8080\"]".formatted(name, name));
      hosts.append(Template.fill("envoy-host.yaml", service));
      clusters.append(Template.fill("envoy-cluster.yaml", service));
    }
    values.put("hosts", hosts.toString().strip());
    values.put("clusters", clusters.toString().strip());
  }

  private String certificate(String name) {
    return "{certificate_chain: {filename: %s/%s.chain.pem}, private_key: {filename: %s/%s.key.pem}}"
        .formatted(certificates, name, certificates, name);
  }

  private String trust(String more) {
    return "{custom_validator_config: {name: envoy.tls.cert_validator.spiffe, typed_config:"
        + " {\"@type\":"
        + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig,"
        + " trust_domains: [{name: %s, trust_bundle: {filename: %s/root.pem}}]}}%s}"
            .formatted(Identities.TRUST_DOMAIN, certificates, more);
  }

  private static Path binary() throws IOException {
    String cache = System.getenv("HAWSER_PROGRAMS");
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path programs =
        cache != null
            ? Path.of(cache)
            : (xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("hawser/programs");
    Path binary = programs.resolve("envoy-1.40.0/bin/envoy");
    if (!Files.isExecutable(binary)) {
      throw new IOException(binary + " is not there; it/programs/install envoy installs it");
    }
    return binary;
  }
}
