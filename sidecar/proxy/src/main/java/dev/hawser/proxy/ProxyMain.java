package dev.hawser.proxy;

import dev.hawser.engine.drain.Termination;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.proxy.boot.Proxy;
import dev.hawser.proxy.config.ConfigException;
import dev.hawser.proxy.config.ProxyConfig;
import dev.hawser.proxy.config.StartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The sidecar as a process: {@code java -jar sidecar-proxy-all.jar --config FILE}. */
public final class ProxyMain {
  private static final int USAGE = 2;
  private static final int FAILED = 1;

  private ProxyMain() {}

  /** Starts, and runs until SIGTERM or SIGINT. */
  public static void main(String[] arguments) {
    if (arguments.length != 2 || !arguments[0].equals("--config")) {
      exit(USAGE, "usage: sidecar-proxy --config FILE");
    }
    try {
      ProxyConfig config = StartFile.read(Path.of(arguments[1]));
      Proxy proxy = Proxy.start(config);
      Termination.install(proxy.drainTrigger(), List.of(proxy));
      new CountDownLatch(1).await();
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
