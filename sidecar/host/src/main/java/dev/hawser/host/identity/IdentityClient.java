package dev.hawser.host.identity;

import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A workload's identity: loaded from disk or enrolled for, renewed at two thirds of its life (± 10
 * %), at once when the root that new certificates of its trust domain chain to is no longer the one
 * that its own chain ends in, and soon when the control plane signs with another intermediate than
 * the one that it is under. A certificate that has ended is not shown any more: who asks gets
 * nothing and must fail closed.
 *
 * <p>All methods may be called from any thread and, {@link #open} and {@link #close} apart, return
 * at once. Listeners run on the one identity thread.
 */
public final class IdentityClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityClient.class);

  private final IdentityOptions options;
  private final Enroller enroller;
  private final IdentityFiles files;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread;
  private final Keeper keeper;

  private volatile Identity state;

  private IdentityClient(IdentityOptions options, Enroller enroller, Identity first) {
    this.options = options;
    this.enroller = enroller;
    this.files = new IdentityFiles(options);
    this.state = first;
    this.keeper = new Keeper(options.timing(), options.clock());
    this.keeper.follow(first.svid());
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("hawser-identity").daemon().factory());
  }

  /**
   * Loads the identity from the data directory, or enrols with the attestation if there is none
   * that is still valid. Blocks while the control plane cannot be reached and tries again, with
   * pauses.
   *
   * @throws IdentityException if enrolment was refused, or there is nothing to enrol with; at once,
   *     since trying again would not help
   */
  public static IdentityClient open(IdentityOptions options)
      throws IdentityException, InterruptedException {
    Enroller enroller = new Enroller(options.timing().callDeadline(), options.clock());
    Identity first = FirstIdentity.obtain(options, enroller);
    IdentityClient client = new IdentityClient(options, enroller, first);
    client.start();
    return client;
  }

  /**
   * Enrols once, now, and stores the result in the data directory; an identity that is there
   * already is replaced.
   *
   * @throws IdentityException if it did not work, also if the control plane could not be reached
   */
  public static Enrolment join(IdentityOptions options) throws IdentityException {
    return FirstIdentity.enrol(
            options, new Enroller(options.timing().callDeadline(), options.clock()))
        .enrolment();
  }

  /**
   * Returns what the data directory holds, valid or not, without changing or starting anything.
   *
   * @throws IdentityException if there is something that cannot be read
   */
  public static Optional<Stored> stored(IdentityOptions options) throws IdentityException {
    return new IdentityFiles(options)
        .read()
        .map(state -> new Stored(state.enrolment(), state.svid().notAfter()));
  }

  /** An identity on disk: what it is, and when its certificate ends. */
  public record Stored(Enrolment enrolment, Instant expires) {}

  /** Returns the current SVID; empty once its certificate has ended. */
  public Optional<Svid> svid() {
    Svid svid = state.svid();
    return options.clock().instant().isAfter(svid.notAfter())
        ? Optional.empty()
        : Optional.of(svid);
  }

  /** Returns the bundles of every trust domain that is known. */
  public TrustBundles bundles() {
    return state.bundles();
  }

  /** Returns what the control plane said at enrolment. */
  public Enrolment enrolment() {
    return state.enrolment();
  }

  /** Returns {@code host:port} of the control plane, in the order to try. */
  public List<String> controlPlane() {
    return options.controlPlane().isEmpty()
        ? state.enrolment().controlPlane()
        : options.controlPlane();
  }

  /**
   * Takes bundles that came from the control plane and keeps them on disk. Bundles without the
   * workload's own trust domain are refused and the current ones kept, since with them nobody, not
   * even the control plane, could be believed any more.
   */
  public void updateBundles(TrustBundles bundles) {
    soon(() -> {
      if (adoptBundles(bundles)) {
        tick();
      }
    });
  }

  /**
   * Asks the control plane for a new SVID and new bundles without waiting for the time to come: for
   * who finds its own control plane no longer trusted, as after the cluster moved to another root
   * while this host was away. Pauses between failed attempts are kept.
   */
  public void renewSoon() {
    soon(() -> {
      keeper.wanted();
      tick();
    });
  }

  /**
   * Takes the word of the control plane on which intermediate signs now. An SVID under another one
   * is renewed within {@link IdentityOptions.Timing#spread}, so that a whole cluster does not come
   * at once.
   *
   * @param serial of that intermediate
   */
  public void issuerIs(BigInteger serial) {
    soon(() -> {
      if (keeper.issuerIs(state.svid(), serial)) {
        LOG.info("The cluster has a new authority; the certificate is renewed soon.");
      }
    });
  }

  private void soon(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      LOG.debug("The identity is closed already; a change is not taken.");
    }
  }

  /** Calls the listener after the SVID or the bundles changed, and when the certificate ended. */
  public Registration onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Returns how the identity fares. */
  public IdentityStatus status() {
    Identity now = state;
    Instant expires = now.svid().notAfter();
    Keeper.@Nullable Trouble trouble = keeper.trouble();
    return new IdentityStatus(
        now.svid().id().toString(),
        Certificates.serialHex(now.svid().leaf().getSerialNumber()),
        Certificates.serialHex(now.svid().chain().getLast().getSerialNumber()),
        expires,
        options.clock().instant().isAfter(expires),
        now.received(),
        Optional.ofNullable(trouble).map(Keeper.Trouble::reason),
        Optional.ofNullable(trouble).map(Keeper.Trouble::since));
  }

  /**
   * Opens a channel to the control plane at one address, with the current identity; its server must
   * prove to be the control plane of the own cluster. The caller shuts it down, and opens another
   * one after a change of identity.
   *
   * @throws IdentityException if the certificate has ended
   */
  public ManagedChannel openChannel(String address) throws IdentityException {
    Identity now = state;
    Svid svid = svid().orElseThrow(() -> FirstIdentity.expired(now.svid()));
    return enroller.open(svid, now.bundles(), now.enrolment().cluster(), address);
  }

  /** Stops renewing. What is on disk stays. */
  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void start() {
    long tick = options.timing().tick().toMillis();
    var _ = thread.scheduleWithFixedDelay(this::tickSafely, 0, tick, TimeUnit.MILLISECONDS);
  }

  private void tickSafely() {
    try {
      tick();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again, and the certificate would end unnoticed.
      LOG.error("Looking after the identity failed.", e);
    }
  }

  private void tick() {
    Identity now = state;
    if (keeper.endedJustNow(now.svid())) {
      LOG.error(
          "The certificate has ended; connections of the mesh are refused from now on. id={}"
              + " ended={}",
          now.svid().id(),
          now.svid().notAfter());
      notifyListeners();
    }
    if (!keeper.shouldRenew(now.svid(), ownRoot(now))) {
      return;
    }
    try {
      renew(now);
    } catch (IdentityException e) {
      Duration pause = keeper.failed(e.getMessage());
      LOG.warn(
          "Renewal failed. id={} reason=\"{}\" hint=\"{}\" expires={} pauseMillis={}",
          now.svid().id(),
          e.getMessage(),
          e.hint(),
          now.svid().notAfter(),
          pause.toMillis());
    }
  }

  private void renew(Identity now) throws IdentityException {
    if (svid().isPresent()) {
      Enroller.Issued issued =
          enroller.renew(now.svid(), now.bundles(), now.enrolment(), controlPlane());
      adopt(
          new Identity(
              issued.svid(), issued.bundles(), now.enrolment(), options.clock().instant()));
    } else if (options.attestation().orElse(null) instanceof Attestation.KubernetesToken token) {
      Enroller.Enrolled enrolled =
          enroller.enrol(token, options.controlPlane(), KeyMaterial.generate());
      adopt(
          new Identity(
              enrolled.issued().svid(),
              enrolled.issued().bundles(),
              enrolled.enrolment(),
              options.clock().instant()));
    } else {
      throw FirstIdentity.expired(now.svid());
    }
  }

  private void adopt(Identity next) throws IdentityException {
    files.save(next);
    state = next;
    keeper.renewed(next.svid(), ownRoot(next));
    LOG.info("Certificate received. id={} expires={}", next.svid().id(), next.svid().notAfter());
    notifyListeners();
  }

  private boolean adoptBundles(TrustBundles bundles) {
    Identity now = state;
    if (bundles.digest().equals(now.bundles().digest())) {
      return false;
    }
    Optional<TrustBundle> own = bundles.find(now.svid().id().trustDomain());
    if (own.isEmpty() || own.get().roots().isEmpty()) {
      LOG.error(
          "Bundles without the own trust domain are refused; the current ones stay. trustDomain={}",
          now.svid().id().trustDomain().name());
      return false;
    }
    state = new Identity(now.svid(), bundles, now.enrolment(), now.received());
    try {
      files.saveBundles(bundles);
    } catch (IdentityException e) {
      LOG.error("Bundles are in use but could not be kept on disk.", e);
    }
    LOG.info("Bundles changed. trustDomains={}", bundles.bundles().size());
    keeper.bundlesChanged();
    notifyListeners();
    return true;
  }

  private void notifyListeners() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.error("A listener for changes of identity failed.", e);
      }
    }
  }

  private static @Nullable X509Certificate ownRoot(Identity now) {
    return now.bundles()
        .find(now.svid().id().trustDomain())
        .map(bundle -> bundle.roots().getFirst())
        .orElse(null);
  }
}
