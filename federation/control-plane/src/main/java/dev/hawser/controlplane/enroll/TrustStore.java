package dev.hawser.controlplane.enroll;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.AuthorityRecord.BookRecord;
import dev.hawser.controlplane.enroll.AuthorityRecord.BundleRecord;
import dev.hawser.controlplane.enroll.AuthorityRecord.ClusterRecord;
import dev.hawser.controlplane.enroll.AuthorityRecord.RevokedRecord;
import dev.hawser.controlplane.enroll.AuthorityRecord.RootRecord;
import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.state.StoredDocument;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.spiffe.TrustDomain;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where trust lies in the state store. */
final class TrustStore {
  private static final String AUTHORITY = "authority";
  private static final String ROOT = "root";
  private static final String SELF = "self";
  private static final String REVOKED = "revoked-intermediates";
  private static final String BOOK = "intermediates";

  private final StateStore store;

  TrustStore(StateStore store) {
    this.store = store;
    for (StateStore.Damaged damaged : store.damaged()) {
      if (damaged.kind() == StateKind.AUTHORITIES || damaged.kind() == StateKind.CLUSTER) {
        // Going on would make a new authority, and every workload of the cluster a stranger.
        throw new StateUnavailableException(
            "the cluster's authority is damaged: "
                + damaged.where()
                + " ("
                + damaged.reason()
                + "); restore the data directory from a backup, or remove that file to found a new"
                + " authority, which every workload then has to join anew");
      }
    }
  }

  /**
   * Returns the cluster's UUID, made at the first start.
   *
   * @throws StateUnavailableException if the state is another cluster's
   */
  String clusterUuid(ClusterName cluster) {
    Optional<StoredDocument> found = store.get(StateKind.CLUSTER, SELF);
    if (found.isEmpty()) {
      String uuid = UUID.randomUUID().toString();
      ClusterRecord self = new ClusterRecord(uuid, cluster.name(), cluster.meshDomain());
      store.replace(StateKind.CLUSTER, SELF, StateJson.write(self));
      return uuid;
    }
    ClusterRecord self = StateJson.read(StateKind.CLUSTER, found.get(), ClusterRecord.class);
    if (!self.cluster().equals(cluster.name()) || !self.meshDomain().equals(cluster.meshDomain())) {
      throw new StateUnavailableException(
          "this state belongs to cluster "
              + self.cluster()
              + "."
              + self.meshDomain()
              + " (expected: "
              + cluster
              + "); a cluster keeps its name for life");
    }
    return self.uuid();
  }

  Optional<AuthorityRecord> authority() {
    return store
        .get(StateKind.AUTHORITIES, AUTHORITY)
        .map(d -> StateJson.read(StateKind.AUTHORITIES, d, AuthorityRecord.class));
  }

  void saveAuthority(AuthorityRecord authority) {
    store.replace(StateKind.AUTHORITIES, AUTHORITY, StateJson.write(authority));
  }

  Optional<RootRecord> root() {
    return store
        .get(StateKind.AUTHORITIES, ROOT)
        .map(d -> StateJson.read(StateKind.AUTHORITIES, d, RootRecord.class));
  }

  void saveRoot(RootRecord root) {
    store.replace(StateKind.AUTHORITIES, ROOT, StateJson.write(root));
  }

  void removeRoot() {
    store.remove(StateKind.AUTHORITIES, ROOT);
  }

  List<TrustBundle> foreignBundles() {
    List<TrustBundle> bundles = new ArrayList<>();
    for (StoredDocument document : store.list(StateKind.BUNDLES)) {
      if (!document.key().equals(REVOKED)) {
        BundleRecord bundle = StateJson.read(StateKind.BUNDLES, document, BundleRecord.class);
        bundles.add(
            TrustBundle.fromPem(
                new TrustDomain(document.key()), bundle.rootsPem(), bundle.sequence()));
      }
    }
    return bundles;
  }

  void saveBundle(TrustBundle bundle) {
    BundleRecord stored = new BundleRecord(bundle.toPem(), bundle.sequence());
    store.replace(StateKind.BUNDLES, bundle.trustDomain().name(), StateJson.write(stored));
  }

  void removeBundle(TrustDomain trustDomain) {
    store.remove(StateKind.BUNDLES, trustDomain.name());
  }

  Set<BigInteger> revoked() {
    Set<BigInteger> serials = new TreeSet<>();
    store
        .get(StateKind.BUNDLES, REVOKED)
        .map(d -> StateJson.read(StateKind.BUNDLES, d, RevokedRecord.class))
        .ifPresent(r -> r.serials().forEach(hex -> serials.add(new BigInteger(hex, 16))));
    return serials;
  }

  /** Returns the newest signed list, whatever root signed it. */
  Optional<RevocationList> revocationList() {
    return store
        .get(StateKind.BUNDLES, REVOKED)
        .map(d -> StateJson.read(StateKind.BUNDLES, d, RevokedRecord.class))
        .flatMap(r -> Optional.ofNullable(r.listPem()))
        .map(pem -> RevocationList.parse(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  void saveRevoked(Set<BigInteger> serials, Optional<RevocationList> list) {
    List<String> hex = new TreeSet<>(serials).stream().map(s -> s.toString(16)).toList();
    @Nullable String pem = list.map(RevocationList::toPem).orElse(null);
    store.replace(StateKind.BUNDLES, REVOKED, StateJson.write(new RevokedRecord(hex, pem)));
  }

  List<BookRecord.Entry> intermediates() {
    return store
        .get(StateKind.AUTHORITIES, BOOK)
        .map(d -> StateJson.read(StateKind.AUTHORITIES, d, BookRecord.class).entries())
        .orElse(List.of());
  }

  void saveIntermediates(List<BookRecord.Entry> entries) {
    store.replace(StateKind.AUTHORITIES, BOOK, StateJson.write(new BookRecord(entries)));
  }
}
