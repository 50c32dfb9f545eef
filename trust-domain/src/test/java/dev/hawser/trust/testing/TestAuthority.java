package dev.hawser.trust.testing;

import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import java.security.PrivateKey;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * A federation in memory: one root and a real authority for each cluster that a test asks for, all
 * under {@code mesh.internal}. Safe for any thread.
 */
public final class TestAuthority {
  /** The mesh domain of every cluster here. */
  public static final String MESH_DOMAIN = "mesh.internal";

  private final InstantSource clock;
  private final RootAuthority root;
  private final Map<String, ClusterAuthority> clusters = new TreeMap<>();

  private TestAuthority(InstantSource clock) {
    this.clock = clock;
    this.root = RootAuthority.create(MESH_DOMAIN, clock);
  }

  /** Makes a federation that lives now. */
  public static TestAuthority create() {
    return create(InstantSource.system());
  }

  /** Makes a federation that lives by this clock. */
  public static TestAuthority create(InstantSource clock) {
    return new TestAuthority(clock);
  }

  /** Returns the trust domain of a cluster, {@code <name>.mesh.internal}. */
  public static TrustDomain trustDomain(String cluster) {
    return TrustDomain.of(cluster, MESH_DOMAIN);
  }

  /** Returns the federation's root. */
  public RootAuthority root() {
    return root;
  }

  /** Returns the clock that everything here lives by. */
  public InstantSource clock() {
    return clock;
  }

  /** Returns the authority of a cluster; the first call makes it. */
  public synchronized ClusterAuthority cluster(String name) {
    return clusters.computeIfAbsent(name, this::newIntermediate);
  }

  /** Gives a cluster a new intermediate, as after a rotation or a theft. */
  public synchronized ClusterAuthority renewIntermediate(String name) {
    ClusterAuthority renewed = newIntermediate(name);
    clusters.put(name, renewed);
    return renewed;
  }

  /** Returns the bundle of every cluster that was asked for so far. */
  public synchronized TrustBundles bundles() {
    return bundles(clusters.keySet().toArray(String[]::new));
  }

  /** Returns the bundles of these clusters; the first call makes their authorities. */
  public TrustBundles bundles(String... names) {
    TrustBundle[] bundles = new TrustBundle[names.length];
    for (int i = 0; i < names.length; i++) {
      bundles[i] = cluster(names[i]).bundle(1);
    }
    return TrustBundles.of(bundles);
  }

  /**
   * Issues an SVID of 24 hours for any id whose trust domain is {@code <cluster>.mesh.internal}.
   */
  public Svid svid(String id) {
    return svid(SpiffeId.parse(id));
  }

  /**
   * Issues an SVID of 24 hours for any id whose trust domain is {@code <cluster>.mesh.internal}.
   */
  public Svid svid(SpiffeId id) {
    String name = id.trustDomain().name();
    String cluster = name.substring(0, name.indexOf('.'));
    return cluster(cluster).issueOwn(id, ClusterAuthority.DEFAULT_TTL);
  }

  /** Issues an SVID of 24 hours for a workload. */
  public Svid workload(String cluster, String namespace, String serviceAccount) {
    return svid(SpiffeId.workload(trustDomain(cluster), namespace, serviceAccount));
  }

  /** Issues an SVID of 24 hours for a cluster's control plane. */
  public Svid controlPlane(String cluster) {
    return svid(SpiffeId.controlPlane(trustDomain(cluster)));
  }

  /** Issues an SVID of 24 hours for a cluster's gateway. */
  public Svid gateway(String cluster) {
    return svid(SpiffeId.gateway(trustDomain(cluster)));
  }

  /** Begins a forged chain that claims to be this id; unless changed it is a good one. */
  public Forgery forge(String id) {
    return new Forgery(this, SpiffeId.parse(id));
  }

  PrivateKey rootKey() {
    return KeyMaterial.privateKeyFromPem(root.privateKeyPem());
  }

  private ClusterAuthority newIntermediate(String name) {
    TrustDomain trustDomain = trustDomain(name);
    IntermediateRequest request = IntermediateRequest.create();
    return ClusterAuthority.of(
        trustDomain, request.keys().getPrivate(), root.sign(trustDomain, request.csr()), clock);
  }
}
