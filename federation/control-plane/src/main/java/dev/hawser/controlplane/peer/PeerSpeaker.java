package dev.hawser.controlplane.peer;

import dev.hawser.api.peer.v1.Heartbeat;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts what this cluster says to one peer into messages. The peer loop's. */
final class PeerSpeaker implements LinkSession.Speaker {
  private final LinkHome home;
  private final Imports imports;
  private final ExportOrder order;
  private Optional<ExportSender.Wanted> wanted = Optional.empty();

  PeerSpeaker(LinkHome home, Imports imports, ExportOrder order) {
    this.home = home;
    this.imports = imports;
    this.order = order;
  }

  void offer(ExportSender.Wanted next) {
    wanted = Optional.of(next);
  }

  @Override
  public LinkMessage hello() {
    Hello hello =
        Hello.newBuilder()
            .setSelf(MemberWire.toWire(home.self()))
            .setLowestVersion(Greeting.LOWEST_VERSION)
            .setHighestVersion(Greeting.HIGHEST_VERSION)
            .setLastSeenEpoch(imports.epoch())
            .setLastSeenSequence(imports.sequence())
            .addAllMembers(MemberWire.toWire(home.members().others().values()))
            .setRootHolder(home.rootHolder())
            .build();
    return LinkMessage.newBuilder().setHello(hello).build();
  }

  @Override
  public Heartbeat.Builder heartbeat() {
    return Heartbeat.newBuilder()
        .setEpoch(order.epoch())
        .setSequence(order.sequence())
        .addAllGateways(home.self().gateways());
  }

  @Override
  public long membershipVersion() {
    return home.membershipVersion();
  }

  @Override
  public LinkMessage membership() {
    List<Member> all = new ArrayList<>(home.members().others().values());
    all.add(home.self());
    return LinkMessage.newBuilder()
        .setMembership(
            Membership.newBuilder()
                .addAllMembers(MemberWire.toWire(all))
                .setRootHolder(home.rootHolder()))
        .build();
  }

  @Override
  public long trustVersion() {
    return home.trustVersion();
  }

  @Override
  public LinkMessage trust() {
    return LinkMessage.newBuilder().setTrust(home.trust()).build();
  }

  @Override
  public Optional<ExportSender.Wanted> exports() {
    return wanted;
  }
}
