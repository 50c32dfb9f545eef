package dev.hawser.controlplane.enroll;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.AuthorityRecord.Retired;
import dev.hawser.controlplane.enroll.AuthorityRecord.RootRecord;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.transport.TransportTrust;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's authority, the bundles it believes, and the control plane's own identity: durable,
 * then live.
 *
 * <p>At the first start the cluster founds a federation of one: a root that it holds, and its own
 * intermediate under it. A join replaces the intermediate ({@link #adopt}); the root it had stays
 * second in its bundle, and the control plane keeps an identity under it, until every certificate
 * that it could have signed has ended.
 *
 * <p>Reads are lock-free and see one consistent value; changes are serialised. Listeners run on the
 * changing thread, after the change is durable.
 */
public final class TrustState implements TransportTrust {
  private static final Logger LOG = LoggerFactory.getLogger(TrustState.class);

  /** As long as the longest-lived identity that a root may have under it. */
  private static final Duration RETIREMENT = ClusterAuthority.MAX_TTL;

  private final ClusterName cluster;
  private final TrustDomain trustDomain;
  private final String uuid;
  private final TrustStore store;
  private final InstantSource clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile TrustValue current;

  private TrustState(
      ClusterName cluster, String uuid, TrustStore store, InstantSource clock, TrustValue current) {
    this.cluster = cluster;
    this.trustDomain = new TrustDomain(cluster.trustDomain());
    this.uuid = uuid;
    this.store = store;
    this.clock = clock;
    this.current = current;
  }

  /**
   * Loads the cluster's trust, or founds it.
   *
   * @throws dev.hawser.controlplane.state.StateUnavailableException if the state belongs to another
   *     cluster, is damaged, or cannot be reached
   */
  public static TrustState open(ClusterName cluster, StateStore state, InstantSource clock) {
    TrustStore store = new TrustStore(state);
    String uuid = store.clusterUuid(cluster);
    TrustDomain trustDomain = new TrustDomain(cluster.trustDomain());
    AuthorityRecord stored =
        store.authority().orElseGet(() -> TrustValue.found(cluster, trustDomain, store, clock));
    TrustState trust =
        new TrustState(
            cluster, uuid, store, clock, TrustValue.load(trustDomain, store, stored, clock));
    trust.tick();
    return trust;
  }

  public ClusterName cluster() {
    return cluster;
  }

  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** Returns the UUID that tells this cluster from others of its name. */
  public String uuid() {
    return uuid;
  }

  @Override
  public TrustBundles bundles() {
    return current.bundles();
  }

  /** Returns what signs this cluster's identities now. */
  public ClusterAuthority authority() {
    return current.authority();
  }

  /** Returns the root with its key; present on its holder alone. */
  public Optional<RootAuthority> root() {
    return current.root();
  }

  /** Returns the cluster that holds the root's key. */
  public String rootHolder() {
    return current.stored().rootHolder();
  }

  public X509Certificate rootCertificate() {
    return current.authority().root();
  }

  /** Returns the control plane's own identity. */
  public Svid svid() {
    return current.presented().svid();
  }

  @Override
  public Presented presented() {
    return current.presented();
  }

  @Override
  public Optional<Presented> presentedUnder(String rootDigest) {
    TrustValue now = current;
    return rootDigest.equals(TrustValue.digest(now.presented().root()))
        ? Optional.of(now.presented())
        : Optional.ofNullable(now.underRetired().get(rootDigest));
  }

  @Override
  public Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Takes an authority that a member's root has signed: after a join, or to renew the intermediate.
   * Returns when it is durable and live.
   *
   * @throws IllegalArgumentException if it is not of this cluster's trust domain
   */
  public void adopt(JoinedAuthority joined) {
    ClusterAuthority next = joined.authority();
    if (!next.trustDomain().equals(trustDomain)) {
      throw new IllegalArgumentException(
          "authority of " + next.trustDomain() + " (expected: of " + trustDomain + ")");
    }
    synchronized (this) {
      TrustValue before = current;
      List<Retired> retired = new ArrayList<>(before.stored().retired());
      boolean newRoot = !next.root().equals(before.authority().root());
      if (newRoot) {
        retired.addFirst(retire(before.authority()));
        retired.removeIf(r -> Certificates.parsePem(r.rootPem()).contains(next.root()));
      }
      AuthorityRecord stored =
          new AuthorityRecord(
              next.privateKeyPem(),
              next.chainPem(),
              joined.rootHolder(),
              before.stored().sequence() + 1,
              limited(retired));
      store.saveAuthority(stored);
      current = TrustValue.load(trustDomain, store, stored, clock);
      LOG.info(
          "Authority adopted. root={} root_holder={} intermediate_until={}",
          TrustValue.digest(next.root()),
          joined.rootHolder(),
          next.intermediate().getNotAfter().toInstant());
    }
    changed();
  }

  /** Says who holds the root's key now, as membership reports it. */
  public void recordRootHolder(String cluster) {
    synchronized (this) {
      AuthorityRecord before = current.stored();
      if (before.rootHolder().equals(cluster)) {
        return;
      }
      AuthorityRecord stored =
          new AuthorityRecord(
              before.keyPem(), before.chainPem(), cluster, before.sequence(), before.retired());
      store.saveAuthority(stored);
      current = TrustValue.load(trustDomain, store, stored, clock);
    }
    changed();
  }

  /**
   * Founds a federation of one again, after this cluster has left another: a new root that it
   * holds. Does nothing if it holds its root already.
   */
  public void foundAnew() {
    if (root().isPresent()) {
      return;
    }
    RootAuthority root = RootAuthority.create(cluster.meshDomain(), clock);
    store.saveRoot(new RootRecord(root.certificatePem(), root.privateKeyPem()));
    adopt(new JoinedAuthority(TrustValue.signedBy(root, trustDomain, clock), cluster.name()));
  }

  private Retired retire(ClusterAuthority authority) {
    Instant end = authority.intermediate().getNotAfter().toInstant();
    Instant until = clock.instant().plus(RETIREMENT);
    Svid own = authority.issueOwn(SpiffeId.controlPlane(trustDomain), RETIREMENT);
    return new Retired(
        Certificates.toPem(List.of(authority.root())),
        KeyMaterial.toPem(own.privateKey()),
        Certificates.toPem(own.chain()),
        (until.isBefore(end) ? until : end).toEpochMilli());
  }

  private static List<Retired> limited(List<Retired> retired) {
    int max = TrustBundle.MAX_ROOTS - 1;
    return List.copyOf(retired.subList(0, Math.min(max, retired.size())));
  }

  /**
   * Takes another trust domain's bundle, unless a newer one is known.
   *
   * @throws IllegalArgumentException if it is this cluster's own trust domain
   */
  public void putBundle(TrustBundle bundle) {
    requireForeign(bundle.trustDomain());
    synchronized (this) {
      Optional<TrustBundle> known = current.bundles().find(bundle.trustDomain());
      if (known.isPresent() && !bundle.supersedes(known.get())) {
        return;
      }
      store.saveBundle(bundle);
      bundles(current.bundles().with(bundle));
    }
    LOG.info(
        "Trust domain accepted. name={} roots={}", bundle.trustDomain(), bundle.roots().size());
    changed();
  }

  /** Stops believing another trust domain; does nothing if it is not known. */
  public void removeBundle(TrustDomain foreign) {
    requireForeign(foreign);
    synchronized (this) {
      if (current.bundles().find(foreign).isEmpty()) {
        return;
      }
      store.removeBundle(foreign);
      bundles(current.bundles().without(foreign));
    }
    LOG.info("Trust domain no longer accepted. name={}", foreign);
    changed();
  }

  /** Adds intermediates, by serial number, that are no longer believed. */
  public void revoke(Set<BigInteger> serials) {
    synchronized (this) {
      Set<BigInteger> all = new TreeSet<>(current.bundles().revokedIntermediates());
      if (!all.addAll(serials)) {
        return;
      }
      store.saveRevoked(all);
      bundles(current.bundles().withRevoked(all));
      LOG.warn("Intermediates revoked. count={}", all.size());
    }
    changed();
  }

  /**
   * Renews what is due: the own identity, the intermediate if this cluster holds the root, and the
   * end of retired roots. Called every few seconds; cheap when nothing is due.
   */
  public void tick() {
    TrustValue now = current;
    Instant time = clock.instant();
    boolean ended = now.stored().retired().stream().anyMatch(r -> isOver(r, time));
    boolean intermediateDue = now.root().isPresent() && isIntermediateDue(now.authority(), time);
    if (intermediateDue) {
      ClusterAuthority next = TrustValue.signedBy(now.root().orElseThrow(), trustDomain, clock);
      adopt(new JoinedAuthority(next, rootHolder()));
    } else if (ended) {
      retireEnded(time);
    } else if (now.renewal().due()) {
      synchronized (this) {
        current = TrustValue.load(trustDomain, store, current.stored(), clock);
      }
      LOG.info("Own identity renewed. until={}", svid().notAfter());
      changed();
    }
  }

  /** Whether the intermediate has used up two thirds of its life; a non-holder asks the holder. */
  public boolean isIntermediateDue() {
    return isIntermediateDue(current.authority(), clock.instant());
  }

  private static boolean isIntermediateDue(ClusterAuthority authority, Instant now) {
    Instant begin = authority.intermediate().getNotBefore().toInstant();
    Instant end = authority.intermediate().getNotAfter().toInstant();
    Duration life = Duration.between(begin, end);
    return now.isAfter(begin.plus(life.multipliedBy(2).dividedBy(3)));
  }

  private void retireEnded(Instant now) {
    synchronized (this) {
      AuthorityRecord before = current.stored();
      List<Retired> left = before.retired().stream().filter(r -> !isOver(r, now)).toList();
      AuthorityRecord stored =
          new AuthorityRecord(
              before.keyPem(), before.chainPem(), before.rootHolder(), before.sequence() + 1, left);
      store.saveAuthority(stored);
      current = TrustValue.load(trustDomain, store, stored, clock);
    }
    LOG.info("A retired root is gone.");
    changed();
  }

  private static boolean isOver(Retired retired, Instant now) {
    return now.toEpochMilli() >= retired.untilMillis();
  }

  private void bundles(TrustBundles next) {
    current = current.with(next);
  }

  private void requireForeign(TrustDomain other) {
    if (other.equals(trustDomain)) {
      throw new IllegalArgumentException(
          "bundle of "
              + other
              + " (expected: of another trust domain; the own one is the"
              + " authority's)");
    }
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }
}
