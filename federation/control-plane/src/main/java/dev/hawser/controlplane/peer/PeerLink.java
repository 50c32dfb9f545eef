package dev.hawser.controlplane.peer;

import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.ExportChange;
import dev.hawser.api.peer.v1.ExportSet;
import dev.hawser.api.peer.v1.Heartbeat;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.LinkMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The link to one member: dials it when there is no session, agrees with it on one session, and
 * keeps what it exports and how it is. Not thread-safe: the peer loop's.
 */
final class PeerLink {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  private static final int MAX_SESSIONS = 4;

  /** Ways of failing that are remembered, so that each is logged once. */
  private static final int MAX_COMPLAINTS = 32;

  private final LinkHome home;
  private final ClusterName peer;
  private final String uuid;
  private final boolean weAreLower;
  private final PeerHealth health;
  private final Imports imports;
  private final Instant heardBefore;
  private final ExportOrder order;
  private final DialPlan plan;
  private final PeerSpeaker speaker;
  private final List<LinkSession> sessions = new ArrayList<>();
  private @Nullable LinkSession chosen;
  private final Set<String> complaints = new HashSet<>();
  private String trouble = "";
  private String judgedBy = "";
  private long importVersion;

  PeerLink(LinkHome home, Member member, ImportKeeper.Restored restored, RandomGenerator random) {
    this.home = home;
    this.peer = member.cluster();
    this.uuid = member.uuid();
    this.weAreLower = home.self().name().compareTo(peer.name()) < 0;
    this.imports = restored.imports();
    this.heardBefore = restored.heard();
    this.order = new ExportOrder(home.self().epoch());
    this.speaker = new PeerSpeaker(home, imports, order);
    Instant now = home.now();
    this.health = new PeerHealth(now);
    this.plan = new DialPlan(weAreLower, random, now);
  }

  ClusterName peer() {
    return peer;
  }

  String uuid() {
    return uuid;
  }

  PeerHealth health() {
    return health;
  }

  Imports imports() {
    return imports;
  }

  /** Returns when its control plane was last heard, perhaps by an earlier life of this one. */
  Instant lastHeard() {
    return health.lastHeard().orElse(heardBefore);
  }

  /** Grows whenever {@link #imports} changes. */
  long importVersion() {
    return importVersion;
  }

  boolean isConnected() {
    return chosen != null;
  }

  /** Returns why there is no good session, as a sentence fragment; empty if all is well. */
  String trouble() {
    return trouble;
  }

  /** What is exported to the peer from now on. */
  void offer(ExportSender.Wanted wanted) {
    speaker.offer(wanted);
    pump();
  }

  /** Returns what is exported to the peer; empty while that is not known yet. */
  Optional<ExportSender.Wanted> offered() {
    return speaker.exports();
  }

  /** Says what is due on every session; called on every change and by the clock. */
  void pump() {
    Instant now = home.now();
    for (LinkSession session : List.copyOf(sessions)) {
      session.pump(speaker, session == chosen, now);
    }
  }

  /** Called several times a second. */
  void tick() {
    Instant now = home.now();
    for (LinkSession session : List.copyOf(sessions)) {
      session.expired(now).ifPresent(reason -> drop(session, reason, Optional.empty()));
    }
    pump();
    if (chosen != null) {
      plan.stillUp(now);
      return;
    }
    boolean dialling = sessions.stream().anyMatch(LinkSession::isDialled);
    if (!dialling && plan.isDue(now)) {
      dial(now);
    }
  }

  /** This process stood still: nobody is to blame for the silence. */
  void resumed() {
    Instant now = home.now();
    health.resumed(now);
    sessions.forEach(session -> session.resumed(now));
  }

  /** Begins a session that the peer dialled. */
  LinkEvents accept(LinkChannel channel, String source) {
    LinkSession session = new LinkSession(channel, false, source, order, home.now());
    if (sessions.size() >= MAX_SESSIONS) {
      session.close(Optional.empty());
    } else {
      sessions.add(session);
    }
    session.pump(speaker, false, home.now());
    return events(session);
  }

  private void dial(Instant now) {
    if (gateways().isEmpty()) {
      trouble = "no gateway of it is known to dial";
      plan.later(now);
      return;
    }
    String gateway = plan.next(gateways());
    SessionEvents events = new SessionEvents();
    LinkChannel channel = home.dial(gateway, peer, events);
    LinkSession session = new LinkSession(channel, true, gateway, order, now);
    events.session = session;
    sessions.add(session);
  }

  private List<String> gateways() {
    return home.members().find(peer.name()).map(Member::gateways).orElse(List.of());
  }

  private SessionEvents events(LinkSession session) {
    SessionEvents events = new SessionEvents();
    events.session = session;
    return events;
  }

  /** Brings what happens on a stream to the loop; the session is set before the loop looks. */
  private final class SessionEvents implements LinkEvents {
    private volatile @Nullable LinkSession session;

    @Override
    public void message(LinkMessage message) {
      home.execute(() -> on(session, live -> take(live, message)));
    }

    @Override
    public void ready() {
      home.execute(() -> on(session, live -> live.pump(speaker, live == chosen, home.now())));
    }

    @Override
    public void closed(String reason) {
      home.execute(() -> on(session, live -> drop(live, reason, Optional.empty())));
    }

    private void on(@Nullable LinkSession maybe, Consumer<LinkSession> action) {
      if (maybe != null && sessions.contains(maybe)) {
        action.accept(maybe);
      }
    }
  }

  private void take(LinkSession session, LinkMessage message) {
    try {
      switch (message.getMessageCase()) {
        case HELLO -> greet(session, message.getHello());
        case GOODBYE -> goodbye(session, message.getGoodbye().getReason());
        case HEARTBEAT, EXPORTS, CHANGE, MEMBERSHIP, TRUST -> {
          if (session == chosen) {
            takeChosen(session, message);
          }
        }
        // A newer peer may say more than this version knows.
        case MESSAGE_NOT_SET -> log.debug("unknown link message peer={}", peer.name());
      }
    } catch (IllegalArgumentException e) {
      drop(session, "it sent something invalid: " + e.getMessage(), Optional.of("invalid"));
    }
    session.requestNext();
  }

  private void takeChosen(LinkSession session, LinkMessage message) {
    switch (message.getMessageCase()) {
      case HEARTBEAT -> heartbeat(session, message.getHeartbeat());
      case EXPORTS -> exports(session, message.getExports());
      case CHANGE -> change(session, message.getChange());
      case MEMBERSHIP -> home.heardRumours(peer, message.getMembership());
      case TRUST -> home.heardTrust(peer, message.getTrust());
      case HELLO, GOODBYE, MESSAGE_NOT_SET ->
          throw new IllegalStateException("message of the greeting: " + message.getMessageCase());
    }
  }

  private void greet(LinkSession session, Hello hello) {
    if (session.isGreeted()) {
      drop(session, "it greeted twice", Optional.of("invalid"));
      return;
    }
    Member theirs = MemberWire.fromWire(hello.getSelf());
    Greeting.Answer answer =
        Greeting.judge(hello, theirs, home.members(), peer, imports.epoch(), order);
    switch (answer) {
      case Greeting.Refused(String reason, String goodbye) ->
          drop(session, reason, Optional.of(goodbye));
      case Greeting.WeLostState(long seen) -> home.raiseEpoch(peer, seen);
      case Greeting.Welcome _ -> {
        session.greeted(home.now());
        choose(session);
        home.heardHello(theirs, hello);
        session.pump(speaker, session == chosen, home.now());
      }
    }
  }

  private void choose(LinkSession session) {
    LinkSession holder = chosen;
    Instant now = home.now();
    if (holder != null
        && !holder.isSilent(now)
        && !LinkSession.prefers(session, holder, weAreLower)) {
      end(session, Optional.of("duplicate"));
      return;
    }
    if (holder != null) {
      end(holder, Optional.of("duplicate"));
    }
    chosen = session;
    plan.up(now);
    judgedBy = home.judgement(peer);
    trouble = "";
    imports.newLink();
    // TLS has just gone both ways, so this is no one-way link.
    health.heard(now);
    complaints.clear();
    log.info(
        "link up peer={} dialled={} route={}", peer.name(), session.isDialled(), session.route());
    home.changed();
  }

  private void heartbeat(LinkSession session, Heartbeat heartbeat) {
    session.heard(heartbeat).ifPresent(health::heard);
    if (heartbeat.getEpoch() == imports.epoch()
        && heartbeat.getSequence() > imports.sequence()
        && imports.isSynced()) {
      drop(session, "a message about its exports was lost", Optional.of("restarting"));
      return;
    }
    if (heartbeat.getGatewaysCount() > 0) {
      home.heardGateways(peer, MemberWire.gateways(heartbeat.getGatewaysList()));
    }
  }

  private void exports(LinkSession session, ExportSet set) {
    outcome(session, imports.apply(set));
  }

  private void change(LinkSession session, ExportChange change) {
    outcome(session, imports.apply(change));
  }

  private void outcome(LinkSession session, Imports.Outcome outcome) {
    switch (outcome) {
      case Imports.Outcome.Refused(String reason) -> drop(session, reason, Optional.of("stale"));
      case Imports.Outcome.Applied(boolean changed) -> {
        if (changed) {
          importVersion++;
          home.changed();
        }
      }
    }
  }

  private void goodbye(LinkSession session, String reason) {
    if (reason.equals("leaving") && session.isGreeted()) {
      drop(session, "it left the federation", Optional.empty());
      home.left(peer);
      return;
    }
    drop(session, "it said goodbye: " + Greeting.explain(reason), Optional.empty());
  }

  /** Ends a session that failed, and plans the next attempt. */
  private void drop(LinkSession session, String reason, Optional<String> goodbye) {
    boolean wasChosen = session == chosen;
    end(session, goodbye);
    if (chosen != null) {
      return;
    }
    trouble =
        (session.isDialled() ? "dialled " : "accepted from ") + session.route() + ": " + reason;
    // An outage may last for days: each way of failing is told once until the link is up again.
    boolean news = complaints.size() < MAX_COMPLAINTS && complaints.add(trouble);
    log.atLevel(wasChosen || news ? Level.INFO : Level.DEBUG)
        .log(
            "link down peer={} dialled={} route={} reason={}",
            peer.name(),
            session.isDialled(),
            session.route(),
            reason);
    if (wasChosen) {
      plan.lost(home.now());
    } else if (session.isDialled()) {
      plan.failed(gateways().size(), home.now());
    }
    home.changed();
  }

  private void end(LinkSession session, Optional<String> goodbye) {
    session.close(goodbye);
    sessions.remove(session);
    if (session == chosen) {
      chosen = null;
    }
  }

  /** The epoch has grown: everything is said anew, on new sessions. */
  void restart(long epoch) {
    order.restart(epoch);
    closeAll("restarting");
    plan.atOnce(home.now());
  }

  /**
   * Whom this cluster believes has changed. The transport judges accepted connections again by
   * itself; a dialled one is judged by dialling again.
   */
  void trustChanged() {
    String judgement = home.judgement(peer);
    LinkSession session = chosen;
    if (session != null && session.isDialled() && !judgement.equals(judgedBy)) {
      drop(session, "what its certificate is judged by has changed", Optional.of("restarting"));
    }
  }

  /** Says goodbye on every session; the link is not used again. */
  void closeAll(String reason) {
    for (LinkSession session : List.copyOf(sessions)) {
      end(session, Optional.of(reason));
    }
  }

  PeerState state() {
    return health.state();
  }
}
