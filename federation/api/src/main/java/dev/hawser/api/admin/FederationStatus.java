package dev.hawser.api.admin;

import dev.hawser.api.model.PeerState;
import java.time.Instant;
import java.util.List;

/** {@code GET /v1/federation}: this cluster's view of the federation. */
public record FederationStatus(
    String cluster,
    String meshDomain,
    String rootHolder,
    List<Member> members,
    List<Conflict> conflicts) {

  /**
   * Another cluster.
   *
   * @param detail why the state is what it is, as a sentence
   * @param controlAgeSeconds since its control plane was last heard
   * @param probes by gateway address, whether the last probe was answered
   */
  public record Member(
      String cluster,
      String uuid,
      PeerState state,
      String detail,
      long controlAgeSeconds,
      long epoch,
      long sequence,
      List<GatewayProbe> probes,
      List<String> imports,
      List<String> exports) {}

  /** The last probe of a member's gateway. */
  public record GatewayProbe(String address, boolean answered, Instant checked) {}

  /**
   * A name that two owners claim; {@code decision} says which one is used and what to do about it.
   */
  public record Conflict(String service, String kind, String decision) {}
}
