package dev.hawser.controlplane.peer;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.exports.ExportedService;
import dev.hawser.controlplane.exports.Offers;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.transport.PeerDialer;
import dev.hawser.trust.token.TokenLedger;
import io.grpc.BindableService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This cluster's part in its federation, for the rest of the control plane.
 *
 * <p>Every method may be called from any thread. Those that say so block; the others return at
 * once. Nothing here ever waits for another cluster before the control plane is ready.
 */
public final class Federation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Federation.class);

  /** How long the words of farewell have to reach the others. */
  private static final Duration FAREWELL = Duration.ofMillis(500);

  private static final Duration RENEWAL_CHECK = Duration.ofMinutes(1);

  private final TrustState trust;
  private final PeerLoop loop = new PeerLoop();
  private final GrpcLinks streams;
  private final PeerLinks links;
  private final FederationView view;
  private final Joiner joiner;
  private final AuthorityDesk authority;
  private final PeeringService service;
  private final Runnable changed;
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("hawser-renewal").factory());
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object oneAtATime = new Object();
  private volatile Offers offers = Offers.NONE;
  private volatile Remotes remotes = Remotes.NONE;

  /**
   * Reads what is stored, takes the next epoch, and begins to dial the members.
   *
   * @param wall the wall clock
   * @param changed runs after every change of {@link #remotes}, on a thread that it must not block
   * @throws dev.hawser.controlplane.state.StateUnavailableException if the epoch cannot be stored
   */
  public Federation(
      TrustState trust,
      StateStore store,
      TokenLedger tokens,
      PeerDialer dialer,
      InstantSource wall,
      Runnable changed) {
    this.trust = trust;
    this.changed = changed;
    InstantSource clock = new MonotonicClock(wall);
    this.streams = new GrpcLinks(dialer, loop);
    this.links =
        new PeerLinks(
            loop,
            clock,
            new FederationTrust(trust),
            streams,
            new MemberStore(store),
            new ImportKeeper(store, clock),
            RandomGenerator.getDefault(),
            this::published);
    this.view = new FederationView(links);
    HolderClient holder = new HolderClient(dialer, this::holder, this::isHolderLinked);
    this.joiner = new Joiner(trust, dialer, wall, name -> offers.isPrivate(name));
    IntermediateRenewal renewal = new IntermediateRenewal(trust, holder, wall);
    this.authority = new AuthorityDesk(trust, holder, renewal);
    Admission admission = new Admission(trust, tokens, new Book(), holder, wall);
    this.service = new PeeringService(trust.cluster(), admission, streams, links);
    remotes = loop.ask(view::remotes);
    long period = RENEWAL_CHECK.toSeconds();
    var _ = renewals.scheduleWithFixedDelay(renewal::tick, period, period, TimeUnit.SECONDS);
    loop.execute(links::start);
  }

  /** Returns the gRPC services to serve on the mesh port. */
  public List<BindableService> services() {
    return List.of(service);
  }

  /** Returns this cluster's epoch; it grows at each start. */
  public long epoch() {
    return loop.ask(() -> links.self().epoch());
  }

  /** Returns the gateways that others are told of: also what an invitation should name. */
  public List<String> gateways() {
    return loop.ask(() -> links.self().gateways());
  }

  /** Returns the other members and what they export, as one value. */
  public Remotes remotes() {
    return remotes;
  }

  /** Says what this cluster exports from now on. */
  public void offer(Offers next) {
    offers = next;
    loop.execute(() -> links.offer(next));
  }

  /**
   * Says which gateways of this cluster are connected from now on. Others are told of a new one at
   * once, of a lost one after a while, and never that there is none left.
   *
   * @param addresses {@code host:port} that other clusters reach
   */
  public void gateways(Collection<String> addresses) {
    List<String> now = List.copyOf(addresses);
    loop.execute(() -> links.gateways(now));
  }

  /** Returns where the results of this cluster's probes go. */
  public GatewayProbes probes() {
    return new GatewayProbes() {
      @Override
      public void answered(String cluster, String address, Instant at) {
        loop.execute(() -> links.probed(cluster, address, true));
      }

      @Override
      public void failed(String cluster, String address, Instant at) {
        loop.execute(() -> links.probed(cluster, address, false));
      }

      @Override
      public void probers(int connectedGateways) {
        loop.execute(() -> links.probers(connectedGateways));
      }
    };
  }

  /**
   * Returns this cluster's view of the federation. Blocks, shortly.
   *
   * @param conflicts those about services, from the merger
   */
  public FederationStatus status(List<FederationStatus.Conflict> conflicts) {
    return loop.ask(() -> view.status(conflicts));
  }

  /**
   * Joins the federation of whoever made the token, or says what that would do. Blocks until it is
   * done, at most some ten seconds per address of the token.
   *
   * @throws FederationException if it is refused or fails
   */
  public JoinReport join(JoinRequest request) throws FederationException {
    synchronized (oneAtATime) {
      Member self = loop.ask(links::self);
      List<Member> present = loop.ask(() -> links.members().present());
      if (request.plan()) {
        return joiner.plan(request.token(), self, present);
      }
      Joiner.Joined joined = joiner.join(request.token(), self, present);
      loop.ask(() -> {
        links.admit(joined.members());
        return true;
      });
      log.info(
          "federation joined through={} members={}",
          joined.report().throughCluster(),
          joined.report().members());
      return joined.report();
    }
  }

  /**
   * Leaves the federation: says goodbye to all, forgets them, and founds a federation of one again.
   * Blocks shortly.
   *
   * @throws FederationException if this cluster is in no federation
   */
  public JoinReport leave() throws FederationException {
    synchronized (oneAtATime) {
      List<Member> present = loop.ask(() -> links.members().present());
      if (present.isEmpty()) {
        throw new FederationException(
            409,
            "not-a-member",
            "This cluster is in no federation.",
            "See 'hawser federation status'.");
      }
      List<String> findings = new ArrayList<>();
      if (trust.root().isPresent()) {
        findings.add(
            "This cluster holds the root of the federation it leaves: the others go on, but no"
                + " cluster can join them, and their intermediates cannot be renewed.");
      }
      List<String> unreached =
          loop.ask(() -> {
            List<String> silent =
                links.links().values().stream()
                    .filter(link -> !link.isConnected())
                    .map(link -> link.peer().name())
                    .toList();
            links.sayGoodbye();
            return silent;
          });
      unreached.forEach(name ->
          findings.add(
              "Cluster " + name + " could not be told; it learns it from another member."));
      pause(FAREWELL);
      loop.ask(() -> {
        links.forgetAll();
        return true;
      });
      trust.foundAnew();
      log.info("federation left members={}", present.stream().map(Member::name).toList());
      return new JoinReport(
          false, "", trust.rootHolder(), List.of(trust.cluster().name()), List.of(), findings);
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException _) {
      // Whoever stops this thread wants to be done: the words are on their way already.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives this cluster a new intermediate now. Blocks, at most some ten seconds per gateway of the
   * root's holder.
   *
   * @throws FederationException if the holder refuses or cannot be reached
   */
  public void renewIntermediate() throws FederationException {
    authority.renew();
  }

  /**
   * Takes an intermediate back, for every member. Blocks like {@link #renewIntermediate}.
   *
   * @param serial hexadecimal
   * @throws FederationException if it is unknown or in use here, or the holder cannot be reached
   */
  public void revokeIntermediate(String serial) throws FederationException {
    authority.revoke(serial);
  }

  private void published() {
    if (view.hasNews()) {
      remotes = view.remotes();
      changed.run();
    }
  }

  private Optional<Member> holder() {
    String name = trust.rootHolder();
    return loop.ask(() -> links.members().findPresent(name));
  }

  private boolean isHolderLinked() {
    String name = trust.rootHolder();
    return loop.ask(() ->
        Optional.ofNullable(links.links().get(name)).filter(PeerLink::isConnected).isPresent());
  }

  /** Says goodbye to all and stops; waits until what is known is stored. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    renewals.shutdownNow();
    loop.ask(() -> {
      links.close();
      return true;
    });
    streams.close();
    loop.close();
  }

  /** The members as an admission sees them: each question is one turn of the loop. */
  private final class Book implements MemberBook {
    @Override
    public List<Member> everyone() {
      return loop.ask(links::everyone);
    }

    @Override
    public boolean isMember(ClusterName cluster) {
      return loop.ask(() -> links.members().findPresent(cluster.name()).isPresent());
    }

    @Override
    public Optional<String> claimedName(Member newcomer) {
      return loop.ask(() -> links.claimedName(newcomer));
    }

    @Override
    public void admit(Member newcomer) {
      loop.ask(() -> {
        links.admit(List.of(newcomer));
        return true;
      });
    }

    @Override
    public List<ServiceName> exportedTo(String cluster) {
      return offers.to(cluster).stream().map(ExportedService::name).toList();
    }
  }
}
