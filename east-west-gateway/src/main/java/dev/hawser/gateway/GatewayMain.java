package dev.hawser.gateway;

import dev.hawser.engine.drain.Termination;
import dev.hawser.gateway.boot.Gateway;
import dev.hawser.gateway.config.ConfigException;
import dev.hawser.gateway.config.ConfigReader;
import dev.hawser.host.identity.IdentityException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway as a process: {@code hawser-gateway --config FILE}. */
public final class GatewayMain {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);

  private GatewayMain() {}

  /**
   * Runs until SIGTERM or SIGINT, then drains.
   *
   * @param args {@code --config FILE}; exit code 2 for bad usage or a bad file, 1 if the gateway
   *     cannot start
   */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 2 || !args[0].equals("--config")) {
      LOG.error("usage: hawser-gateway --config FILE");
      System.exit(2);
    }
    try {
      Gateway gateway = Gateway.start(ConfigReader.read(Path.of(args[1])));
      Termination.install(gateway.drainTrigger(), List.of(gateway));
      Thread.currentThread().join();
    } catch (ConfigException e) {
      LOG.error("The start file cannot be obeyed: {}", e.getMessage());
      System.exit(2);
    } catch (IdentityException e) {
      LOG.error("The gateway has no identity: {} ({})", e.getMessage(), e.hint());
      System.exit(1);
    } catch (IOException e) {
      LOG.error("The gateway cannot start: {}", e.getMessage());
      System.exit(1);
    }
  }
}
