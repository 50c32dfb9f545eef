package dev.hawser.controlplane.enroll;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.AuthorityRecord.RootRecord;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.transport.TransportTrust;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
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

  private final ClusterName cluster;
  private final TrustDomain trustDomain;
  private final String uuid;
  private final TrustStore store;
  private final InstantSource clock;
  private final IntermediateBook book;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile TrustValue current;

  private TrustState(
      ClusterName cluster, String uuid, TrustStore store, InstantSource clock, TrustValue current) {
    this.cluster = cluster;
    this.trustDomain = new TrustDomain(cluster.trustDomain());
    this.uuid = uuid;
    this.store = store;
    this.clock = clock;
    this.book = new IntermediateBook(store, clock);
    this.current = current;
    book.add(current.authority().intermediate(), trustDomain);
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

  /** Returns the serial number of the intermediate that signs now, lower-case hexadecimal. */
  public String issuer() {
    return Certificates.serialHex(current.authority().intermediate().getSerialNumber());
  }

  /** Returns the root with its key; present on its holder alone. */
  public Optional<RootAuthority> root() {
    return current.root();
  }

  /**
   * Returns the root's signed list of intermediates that are no longer believed; empty before the
   * first.
   */
  public Optional<RevocationList> revocationList() {
    return current.revoked();
  }

  /** Returns the intermediates that can still be alive, as far as known here, newest first. */
  public List<SignedIntermediate> intermediates() {
    return book.alive();
  }

  /** Returns why no intermediate is signed for a cluster now; empty if nothing is against it. */
  public Optional<String> signingObjection(TrustDomain member) {
    return book.objection(member);
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
      book.add(next.intermediate(), trustDomain);
      AuthorityRecord stored =
          new AuthorityRecord(
              next.privateKeyPem(),
              next.chainPem(),
              joined.rootHolder(),
              before.stored().sequence() + 1,
              Retirement.after(before.stored(), before.authority(), next.root(), clock.instant()));
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
      AuthorityRecord stored = before.heldBy(cluster);
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

  /**
   * Signs a member's intermediate with the root that this cluster holds.
   *
   * @param request PKCS#10 in DER
   * @return the intermediate, then the root
   * @throws dev.hawser.trust.authority.IssuanceRefusedException if the request is not acceptable
   * @throws IllegalStateException if another cluster holds the root
   */
  public List<X509Certificate> signIntermediate(TrustDomain member, byte[] request) {
    List<X509Certificate> chain = requireRoot().sign(member, request);
    book.add(chain.getFirst(), member);
    return chain;
  }

  /**
   * Gives this cluster a new intermediate under the root that it holds. The old one stays valid
   * until its end, unless it is revoked.
   *
   * @throws IllegalStateException if another cluster holds the root: it is asked then
   */
  public void renewIntermediate() {
    IntermediateRequest request = IntermediateRequest.create();
    List<X509Certificate> chain = signIntermediate(trustDomain, request.csr());
    adopt(
        new JoinedAuthority(
            ClusterAuthority.of(trustDomain, request.keys().getPrivate(), chain, clock),
            rootHolder()));
  }

  private RootAuthority requireRoot() {
    return root()
        .orElseThrow(
            () -> new IllegalStateException("the root is held by " + rootHolder() + ", not here"));
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

  /**
   * Adds intermediates, by serial number, that are no longer believed. The root's holder signs the
   * new list with it.
   */
  public void revoke(Set<BigInteger> serials) {
    synchronized (this) {
      Set<BigInteger> all = new TreeSet<>(current.bundles().revokedIntermediates());
      if (!all.addAll(serials)) {
        return;
      }
      revoked(all, current.listOf(all, clock.instant()));
    }
    changed();
  }

  /**
   * Takes the root's list of what is no longer believed, unless a newer one is known. What was
   * revoked before stays so.
   *
   * @throws CertificateFormatException if the root did not sign it
   */
  public void take(RevocationList list) {
    list.verify(List.of(rootCertificate()));
    synchronized (this) {
      if (current.revoked().isPresent() && !list.supersedes(current.revoked().get())) {
        return;
      }
      Set<BigInteger> all = new TreeSet<>(current.bundles().revokedIntermediates());
      all.addAll(list.serials());
      revoked(all, Optional.of(list));
    }
    changed();
  }

  private void revoked(Set<BigInteger> all, Optional<RevocationList> list) {
    store.saveRevoked(all, list);
    current = current.with(current.bundles().withRevoked(all), list);
    LOG.warn("Intermediates revoked. count={} list={}", all.size(), list);
  }

  /**
   * Renews what is due: the own identity, the intermediate if this cluster holds the root, and the
   * end of retired roots. Called every few seconds; cheap when nothing is due.
   */
  public void tick() {
    TrustValue now = current;
    Instant time = clock.instant();
    boolean ended = now.stored().retired().stream().anyMatch(r -> Retirement.isOver(r, time));
    boolean intermediateDue = now.root().isPresent() && now.isIntermediateDue(time);
    if (intermediateDue) {
      renewIntermediate();
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
    return current.isIntermediateDue(clock.instant());
  }

  private void retireEnded(Instant now) {
    synchronized (this) {
      AuthorityRecord before = current.stored();
      AuthorityRecord stored =
          before.withRetired(
              before.retired().stream().filter(r -> !Retirement.isOver(r, now)).toList());
      store.saveAuthority(stored);
      current = TrustValue.load(trustDomain, store, stored, clock);
    }
    LOG.info("A retired root is gone.");
    changed();
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
