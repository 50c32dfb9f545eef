package dev.hawser.controlplane.peer;

import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.Membership;
import dev.hawser.api.peer.v1.TrustUpdate;
import dev.hawser.controlplane.exports.Offers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All members and the links to them. Everything here happens on the peer loop, except what says
 * otherwise.
 */
final class PeerLinks implements LinkHome {
  private static final Logger log = LoggerFactory.getLogger(PeerLinks.class);

  /** Between two looks at the clock. */
  static final Duration TICK = Duration.ofMillis(250);

  /** A tick that comes this late means that the whole process stood still. */
  private static final Duration STOOD_STILL = Duration.ofSeconds(2);

  private final PeerLoop loop;
  private final InstantSource clock;
  private final FederationTrust trust;
  private final LinkDialer dialer;
  private final MemberStore store;
  private final ImportKeeper importKeeper;
  private final GatewayRoster roster;
  private final RandomGenerator random;
  private final Runnable published;
  private final NavigableMap<String, PeerLink> links = new TreeMap<>();
  private final MemberTable table;
  private Member self;
  private Optional<Offers> offers = Optional.empty();
  private long offerVersion;
  private long membershipVersion = 1;
  private long trustVersion = 1;
  private int probers;
  private Instant lastTick;

  /**
   * @param published runs when others should look at {@link #links} again
   */
  PeerLinks(
      PeerLoop loop,
      InstantSource clock,
      FederationTrust trust,
      LinkDialer dialer,
      MemberStore store,
      ImportKeeper importKeeper,
      RandomGenerator random,
      Runnable published) {
    this.loop = loop;
    this.clock = clock;
    this.trust = trust;
    this.dialer = dialer;
    this.store = store;
    this.importKeeper = importKeeper;
    this.random = random;
    this.published = published;
    this.lastTick = clock.instant();
    this.roster = new GatewayRoster(store.gateways(), lastTick);
    this.table = new MemberTable(store, store.load(trust.cluster(), trust.uuid()));
    long epoch = store.epoch() + 1;
    store.saveEpoch(epoch);
    this.self =
        new Member(trust.cluster(), trust.uuid(), roster.advertised(lastTick), epoch, 1, false);
    reconcile();
  }

  /** Begins to dial and to look at the clock. */
  void start() {
    trust.onChange(() ->
        loop.execute(() -> {
          trustVersion++;
          List.copyOf(links.values()).forEach(PeerLink::trustChanged);
          pumpAll();
        }));
    loop.every(TICK, this::tick);
  }

  private void tick() {
    Instant now = now();
    boolean stoodStill = Duration.between(lastTick, now).compareTo(STOOD_STILL) > 0;
    lastTick = now;
    if (stoodStill) {
      log.warn("this process stood still, so silence of peers is not counted");
      links.values().forEach(PeerLink::resumed);
    }
    refreshSelf(now);
    for (PeerLink link : List.copyOf(links.values())) {
      link.tick();
      link.health().evaluate(now);
    }
    changed();
  }

  private void refreshSelf(Instant now) {
    List<String> gateways = roster.advertised(now);
    if (!gateways.equals(self.gateways())) {
      self =
          new Member(
              self.cluster(), self.uuid(), gateways, self.epoch(), self.revision() + 1, false);
      membershipVersion++;
      store.saveGateways(gateways);
    }
  }

  /** The gateways of this cluster that are connected from now on. */
  void gateways(Collection<String> connected) {
    roster.connected(MemberWire.gateways(List.copyOf(connected)));
    refreshSelf(now());
    pumpAll();
  }

  /** What this cluster exports from now on. */
  void offer(Offers next) {
    offers = Optional.of(next);
    links.values().forEach(link -> offerTo(link, next));
  }

  private void offerTo(PeerLink link, Offers next) {
    NavigableMap<String, Export> wanted = new TreeMap<>();
    next.to(link.peer().name())
        .forEach(service -> wanted.put(service.name().toString(), ExportWire.toWire(service)));
    boolean known = link.offered().filter(offered -> offered.exports().equals(wanted)).isPresent();
    if (!known) {
      link.offer(new ExportSender.Wanted(++offerVersion, wanted));
    }
  }

  void probed(String cluster, String address, boolean answered) {
    PeerLink link = links.get(cluster);
    boolean known =
        members().find(cluster).filter(member -> member.gateways().contains(address)).isPresent();
    if (link != null && known) {
      link.health().probed(address, answered, now());
    }
  }

  void probers(int connected) {
    probers = connected;
    links.values().forEach(link -> link.health().probers(connected, now()));
  }

  /**
   * Begins a session that a member dialled.
   *
   * @param cluster who it is, by its certificate
   * @return empty if it is no member
   */
  Optional<LinkEvents> accept(String cluster, LinkChannel channel, String source) {
    return Optional.ofNullable(links.get(cluster)).map(link -> link.accept(channel, source));
  }

  /** Returns why a newcomer cannot have its name, as a full sentence; empty if it can. */
  Optional<String> claimedName(Member newcomer) {
    PeerLink link = links.get(newcomer.name());
    boolean settled = link != null && (link.isConnected() || link.imports().epoch() > 0);
    return table.claimedName(newcomer, settled);
  }

  /** A newcomer whose token was redeemed here, or the members that a join was answered with. */
  void admit(Collection<Member> newcomers) {
    for (Member newcomer : newcomers) {
      take(members().heardFrom(newcomer));
    }
  }

  /** Says goodbye to all; {@link #forgetAll} follows when the words are out. */
  void sayGoodbye() {
    links.values().forEach(link -> link.closeAll("leaving"));
  }

  /** Forgets all other members, what they export and whom they vouch for. */
  void forgetAll() {
    table.forgetAll();
    reconcile();
    // A later return is then newer than every rumour about this departure.
    setEpoch(self.epoch() + 1);
    changed();
  }

  /** Says goodbye because the process ends. */
  void close() {
    links.values().forEach(link -> link.closeAll("restarting"));
    links.values().forEach(importKeeper::save);
    importKeeper.close();
  }

  NavigableMap<String, PeerLink> links() {
    return links;
  }

  /** Returns refused claims to a name, each a sentence, by cluster. */
  NavigableMap<String, String> clashes() {
    return table.clashes();
  }

  private void take(Members.Merge merge) {
    if (table.take(merge)) {
      membersChanged();
    }
  }

  private void membersChanged() {
    membershipVersion++;
    reconcile();
    pumpAll();
    changed();
  }

  /** Makes links and bundles follow the members. */
  private void reconcile() {
    for (PeerLink link : List.copyOf(links.values())) {
      boolean same =
          members()
              .findPresent(link.peer().name())
              .filter(member -> member.uuid().equals(link.uuid()))
              .isPresent();
      if (!same) {
        log.info("member gone cluster={}", link.peer().name());
        table.clashes().remove(link.peer().name());
        link.closeAll("leaving");
        links.remove(link.peer().name());
        importKeeper.forget(link.peer().name());
        trust.forget(link.peer());
      }
    }
    for (Member member : members().present()) {
      trust.accept(member.cluster());
      PeerLink link = links.computeIfAbsent(member.name(), _ -> add(member));
      link.health().gateways(member.gateways());
    }
  }

  private PeerLink add(Member member) {
    log.info("member known cluster={} uuid={}", member.name(), member.uuid());
    PeerLink link = new PeerLink(this, member, importKeeper.restore(member), random);
    link.health().probers(probers, now());
    offers.ifPresent(known -> offerTo(link, known));
    return link;
  }

  private void pumpAll() {
    links.values().forEach(PeerLink::pump);
  }

  private void setEpoch(long epoch) {
    store.saveEpoch(epoch);
    self = new Member(self.cluster(), self.uuid(), self.gateways(), epoch, 1, false);
    membershipVersion++;
    links.values().forEach(link -> link.restart(epoch));
  }

  private boolean isLive(String cluster) {
    PeerLink link = links.get(cluster);
    return link != null && link.isConnected() && link.state() == PeerState.LIVE;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public Member self() {
    return self;
  }

  @Override
  public Members members() {
    return table.members();
  }

  @Override
  public long membershipVersion() {
    return membershipVersion;
  }

  @Override
  public String rootHolder() {
    return trust.rootHolder();
  }

  @Override
  public TrustUpdate trust() {
    return trust.update();
  }

  @Override
  public long trustVersion() {
    return trustVersion;
  }

  @Override
  public String judgement(ClusterName peer) {
    return trust.judgement(peer);
  }

  @Override
  public LinkChannel dial(String gateway, ClusterName peer, LinkEvents events) {
    return dialer.dial(gateway, peer, events);
  }

  @Override
  public void heardHello(Member member, Hello hello) {
    take(members().heardFrom(member));
    heardRumours(hello.getMembersList());
  }

  @Override
  public void heardRumours(ClusterName from, Membership membership) {
    List<dev.hawser.api.peer.v1.Member> others = new ArrayList<>();
    for (dev.hawser.api.peer.v1.Member one : membership.getMembersList()) {
      if (one.getCluster().equals(from.name())) {
        Member itself = MemberWire.fromWire(one);
        if (!itself.left()) {
          take(members().heardFrom(itself));
        }
      } else {
        others.add(one);
      }
    }
    heardRumours(others);
  }

  private void heardRumours(Collection<dev.hawser.api.peer.v1.Member> wire) {
    List<String> rejected = new ArrayList<>();
    List<Member> rumours = MemberWire.fromWire(wire, rejected);
    rejected.forEach(reason -> log.warn("rumour about a member refused reason={}", reason));
    take(members().heardOf(rumours, this::isLive));
  }

  @Override
  public void heardGateways(ClusterName from, List<String> gateways) {
    members()
        .findPresent(from.name())
        .filter(member -> !member.gateways().equals(gateways))
        .ifPresent(member -> take(members().heardFrom(member.withGateways(gateways))));
  }

  @Override
  public void heardTrust(ClusterName from, TrustUpdate update) {
    trust.heard(from, update);
  }

  @Override
  public void left(ClusterName member) {
    if (table.left(member.name())) {
      membersChanged();
    }
  }

  @Override
  public void raiseEpoch(ClusterName witness, long seen) {
    log.warn(
        "epoch raised because a peer has seen a later one peer={} seen={} epoch={}",
        witness.name(),
        seen,
        self.epoch());
    setEpoch(Math.max(seen, self.epoch()) + 1);
  }

  @Override
  public void changed() {
    links.values().forEach(importKeeper::noticed);
    published.run();
  }

  /** Returns descriptions of all members, for another one: this cluster first. */
  List<Member> everyone() {
    List<Member> all = new ArrayList<>(List.of(self));
    all.addAll(members().others().values());
    return all;
  }
}
