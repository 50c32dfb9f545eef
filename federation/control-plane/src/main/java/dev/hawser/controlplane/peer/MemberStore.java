package dev.hawser.controlplane.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the members (one document each) and this cluster's epoch in the state store. */
final class MemberStore {
  private static final Logger log = LoggerFactory.getLogger(MemberStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EPOCH_KEY = "epoch";
  private static final String GATEWAYS_KEY = "gateways";

  private final StateStore store;

  MemberStore(StateStore store) {
    this.store = store;
  }

  private record StoredMember(
      String cluster,
      String meshDomain,
      String uuid,
      List<String> gateways,
      long epoch,
      long revision,
      boolean left) {}

  private record StoredEpoch(long epoch) {}

  private record StoredGateways(List<String> gateways) {}

  /** Reads the members; a document that cannot be understood is named in the log and left out. */
  Members load(ClusterName self, String uuid) {
    NavigableMap<String, Member> members = new TreeMap<>();
    for (StoredDocument document : store.list(StateKind.MEMBERS)) {
      try {
        StoredMember member = JSON.readValue(document.text(), StoredMember.class);
        members.put(
            member.cluster(),
            new Member(
                new ClusterName(member.cluster(), member.meshDomain()),
                member.uuid(),
                member.gateways(),
                member.epoch(),
                member.revision(),
                member.left()));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        log.warn("stored member left out key={} reason={}", document.key(), e.getMessage());
      }
    }
    return new Members(self, uuid, members);
  }

  /** Stores what differs. */
  void save(Members before, Members after) {
    after
        .others()
        .forEach((name, member) -> {
          if (!member.equals(before.others().get(name))) {
            write(
                StateKind.MEMBERS,
                name,
                new StoredMember(
                    name,
                    member.cluster().meshDomain(),
                    member.uuid(),
                    member.gateways(),
                    member.epoch(),
                    member.revision(),
                    member.left()));
          }
        });
  }

  /** Returns the stored epoch, or 0 if this cluster never started. */
  long epoch() {
    Optional<StoredDocument> document = store.get(StateKind.CLUSTER, EPOCH_KEY);
    if (document.isEmpty()) {
      return 0;
    }
    try {
      return JSON.readValue(document.get().text(), StoredEpoch.class).epoch();
    } catch (JsonProcessingException e) {
      // The members' last seen value raises it again when they are reached.
      log.warn("stored epoch cannot be read reason={}", e.getMessage());
      return 0;
    }
  }

  void saveEpoch(long epoch) {
    write(StateKind.CLUSTER, EPOCH_KEY, new StoredEpoch(epoch));
  }

  /** Returns the gateways that other members were last told of. */
  List<String> gateways() {
    Optional<StoredDocument> document = store.get(StateKind.CLUSTER, GATEWAYS_KEY);
    if (document.isEmpty()) {
      return List.of();
    }
    try {
      return JSON.readValue(document.get().text(), StoredGateways.class).gateways();
    } catch (JsonProcessingException e) {
      // They are told anew as soon as one is connected.
      log.warn("stored gateways cannot be read reason={}", e.getMessage());
      return List.of();
    }
  }

  void saveGateways(List<String> gateways) {
    write(StateKind.CLUSTER, GATEWAYS_KEY, new StoredGateways(gateways));
  }

  private void write(StateKind kind, String key, Object value) {
    try {
      store.replace(kind, key, JSON.writeValueAsString(value).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + kind.label() + "/" + key + " as JSON", e);
    }
  }
}
