package dev.hawser.proxy;

import dev.hawser.engine.drain.Termination;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.proxy.boot.Proxy;
import dev.hawser.proxy.config.ConfigException;
import dev.hawser.proxy.config.ProxyConfig;
import dev.hawser.proxy.config.RunOptions;
import dev.hawser.proxy.config.StartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The sidecar as a process: {@code java -jar sidecar-proxy-all.jar --config FILE}; the options are
 * those of {@link RunOptions}.
 */
public final class ProxyMain {
  private static final int USAGE = 2;
  private static final int FAILED = 1;

  private ProxyMain() {}

  /** Starts, and runs until SIGTERM or SIGINT, or until a successor has taken over. */
  public static void main(String[] arguments) {
    try {
      RunOptions.CommandLine line = RunOptions.CommandLine.parse(arguments);
      ProxyConfig config = StartFile.read(Path.of(line.config()));
      Proxy proxy = Proxy.start(config, line.options());
      Termination.install(proxy.drainTrigger(), List.of(proxy));
      proxy.handedOver().join();
      System.exit(0);
    } catch (ConfigException e) {
      exit(USAGE, "error: " + e.getMessage());
    } catch (IdentityException e) {
      exit(FAILED, "error: " + e.getMessage() + "\n" + e.hint());
    } catch (IOException e) {
      exit(FAILED, "error: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void exit(int code, String message) {
    System.err.println(message);
    System.exit(code);
  }
}
