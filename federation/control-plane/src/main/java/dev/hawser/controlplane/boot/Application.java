package dev.hawser.controlplane.boot;

import dev.hawser.controlplane.admin.AdminAccess;
import dev.hawser.controlplane.admin.AdminCredential;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.trust.svid.PrivateFiles;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: starts the control plane, waits for the end, stops it. */
@QuarkusMain
public final class Application implements QuarkusApplication {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);
  private static final int FAILED = 1;

  private final HawserConfig config;
  private final AdminAccess access;
  private final RunningPlane running;
  private final MeterRegistry metrics;

  @Inject
  Application(
      HawserConfig config, AdminAccess access, RunningPlane running, MeterRegistry metrics) {
    this.config = config;
    this.access = access;
    this.running = running;
    this.metrics = metrics;
  }

  @Override
  public int run(String... arguments) {
    ControlPlane plane;
    try {
      plane = start();
    } catch (IOException | IllegalArgumentException | StateUnavailableException e) {
      LOG.error("The control plane cannot start: {}", e.getMessage());
      LOG.debug("The failure was:", e);
      return FAILED;
    }
    Quarkus.waitForExit();
    LOG.info("Stopping.");
    running.stopped();
    access.close();
    plane.close();
    return 0;
  }

  private ControlPlane start() throws IOException {
    Settings settings = Settings.of(config);
    PrivateFiles.createDirectory(settings.dataDirectory());
    AdminCredential credential = AdminCredential.open(settings.dataDirectory());
    Config quarkus = ConfigProvider.getConfig();
    String version = quarkus.getValue("quarkus.application.version", String.class);
    ControlPlane plane = ControlPlane.start(settings, InstantSource.system(), version, metrics);
    String address =
        "http://"
            + quarkus.getValue("quarkus.http.host", String.class)
            + ":"
            + quarkus.getValue("quarkus.http.port", Integer.class)
            + "\n";
    PrivateFiles.write(
        settings.dataDirectory().resolve("admin-address"),
        address.getBytes(StandardCharsets.US_ASCII));
    access.open(credential, plane.administration());
    running.started(plane);
    LOG.info(
        "Control plane started. cluster={} administration={}", settings.cluster(), address.strip());
    return plane;
  }
}
