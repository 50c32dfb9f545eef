package dev.hawser.proxy.authn;

import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Workers;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * The keys that are fetched, by where from. A filter that takes the place of another finds what
 * that one had: a change of something else must not ask an issuer again who may be away just then.
 * Safe for use by any thread.
 */
public final class IssuerKeys {
  private final Workers workers;
  private final Upstreams upstreams;
  private final Map<JwtConfig.Keys.Remote, WeakReference<RemoteKeys>> known = new HashMap<>();

  public IssuerKeys(Workers workers, Upstreams upstreams) {
    this.workers = workers;
    this.upstreams = upstreams;
  }

  /** Returns the keys of an issuer; they are forgotten when no filter has them any more. */
  synchronized KeySource of(JwtConfig.Keys.Remote where) {
    known.values().removeIf(reference -> reference.get() == null);
    WeakReference<RemoteKeys> reference = known.get(where);
    RemoteKeys keys = reference == null ? null : reference.get();
    if (keys == null) {
      keys = new RemoteKeys(where, () -> upstreams.get(where.upstream()), workers);
      known.put(where, new WeakReference<>(keys));
    }
    return keys;
  }
}
