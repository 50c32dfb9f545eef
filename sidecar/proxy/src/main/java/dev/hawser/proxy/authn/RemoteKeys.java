package dev.hawser.proxy.authn;

import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.worker.Signal;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are fetched from an upstream, once for all workers. Old ones serve while new ones are
 * fetched, but no longer than twice their time: whoever takes the issuer off the net must not keep
 * a withdrawn key alive. The answer is bounded in size and time and must not be compressed.
 */
final class RemoteKeys implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);

  /** A token with a key that nobody knows makes the issuer work at most so often. */
  private static final Duration MIN_AGE = Duration.ofSeconds(10);

  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final JwtConfig.Keys.Remote config;
  private final Supplier<Upstream> upstream;
  private final Signal fetched;
  private final AtomicBoolean fetching = new AtomicBoolean();
  private volatile State state = new State(null, 0, false, 0);

  /**
   * What is known.
   *
   * @param fetchedAt on the clock of {@link System#nanoTime}
   * @param failed whether the last fetch failed
   * @param triedAt when it ended
   */
  private record State(@Nullable KeySet keys, long fetchedAt, boolean failed, long triedAt) {}

  RemoteKeys(JwtConfig.Keys.Remote config, Supplier<Upstream> upstream, Workers workers) {
    this.config = config;
    this.upstream = upstream;
    this.fetched = new Signal(workers);
    if (config.prefetch()) {
      Worker first = workers.all().getFirst();
      first.loop().execute(() -> fetch(first));
    }
  }

  @Override
  public @Nullable KeySet keys() {
    State now = state;
    return now.keys() != null && age(now.fetchedAt()) < 2 * config.freshFor().toNanos()
        ? now.keys()
        : null;
  }

  @Override
  public void refresh(Worker worker) {
    State now = state;
    boolean fresh = now.keys() != null && age(now.fetchedAt()) < config.freshFor().toNanos();
    if (!fresh && !isResting(now)) {
      fetch(worker);
    }
  }

  @Override
  public boolean isWorthAWait(Worker worker, @Nullable KeySet seen) {
    State now = state;
    if (seen == null) {
      refresh(worker);
    } else if (!isResting(now) && age(now.fetchedAt()) > MIN_AGE.toNanos()) {
      fetch(worker);
    }
    // In this order: a fetch that has ended has left its keys before it said so.
    return fetching.get() || !Objects.equals(keys(), seen);
  }

  /** Whether the last fetch failed so recently that the next one has to wait. */
  private boolean isResting(State now) {
    return now.failed() && age(now.triedAt()) < config.refetchAfter().toNanos();
  }

  private static long age(long since) {
    return System.nanoTime() - since;
  }

  @Override
  public void await(Worker worker, Runnable then) {
    fetched.await(worker, () -> !fetching.get(), MAX_WAIT, () -> worker.loop().execute(then));
  }

  private void fetch(Worker worker) {
    if (fetching.compareAndSet(false, true)) {
      attempt(worker, config.retries());
    }
  }

  private void attempt(Worker worker, int retries) {
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method("GET")
            .scheme(config.scheme())
            .authority(config.authority())
            .path(config.path())
            .add("accept", "application/json")
            .add("accept-encoding", "identity");
    var _ =
        SideCall.send(
            worker,
            upstream.get(),
            head,
            new byte[0],
            config.timeout(),
            KeySet.MAX_SIZE,
            result -> take(worker, result, retries));
  }

  /** A set can take long to read, which those who call in the meantime shall not notice. */
  private void take(Worker worker, SideCall.Result result, int retries) {
    Thread.ofVirtual()
        .name("key-set")
        .start(() -> {
          KeySet keys;
          try {
            keys = read(result);
          } catch (RuntimeException e) {
            // Whatever it was: it is the last fetch of this issuer if nobody says that it ended.
            String reason = String.valueOf(e.getMessage());
            worker.loop().execute(() -> failed(worker, reason, retries));
            return;
          }
          ended(new State(keys, System.nanoTime(), false, System.nanoTime()));
        });
  }

  private void ended(State now) {
    state = now;
    fetching.set(false);
    fetched.fire();
  }

  private void failed(Worker worker, String reason, int retries) {
    if (retries > 0) {
      int done = config.retries() - retries;
      long limit =
          Math.min(config.maxBackoff().toNanos(), config.backoff().toNanos() << Math.min(done, 16));
      long pause = limit / 2 + worker.random().nextLong(limit / 2 + 1);
      worker.timers().arm(new Timer(() -> attempt(worker, retries - 1)), pause);
      return;
    }
    LOG.warn(
        "Keys of an issuer cannot be fetched upstream={} path={} reason={}",
        config.upstream(),
        config.path(),
        reason);
    State before = state;
    ended(new State(before.keys(), before.fetchedAt(), true, System.nanoTime()));
  }

  private static KeySet read(SideCall.Result result) {
    return switch (result) {
      case SideCall.Result.Failed(String reason) -> throw new IllegalArgumentException(reason);
      case SideCall.Result.Answered answered -> {
        if (answered.status() != 200) {
          throw new IllegalArgumentException("status " + answered.status() + " (expected: 200)");
        }
        CharSequence encoding = answered.head().get("content-encoding");
        if (encoding != null && !encoding.toString().equals("identity")) {
          throw new IllegalArgumentException("content-encoding " + encoding + " (expected: none)");
        }
        yield KeySet.parse(answered.body().toByteArray());
      }
    };
  }
}
