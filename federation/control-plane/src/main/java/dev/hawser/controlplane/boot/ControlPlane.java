package dev.hawser.controlplane.boot;

import dev.hawser.controlplane.admin.AdminParts;
import dev.hawser.controlplane.admin.Administration;
import dev.hawser.controlplane.admin.MeshMetrics;
import dev.hawser.controlplane.admin.PolicyDesk;
import dev.hawser.controlplane.admin.ProxyDirectory;
import dev.hawser.controlplane.enroll.EnrollmentConfig;
import dev.hawser.controlplane.enroll.EnrollmentService;
import dev.hawser.controlplane.enroll.GrantBook;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor;
import dev.hawser.controlplane.enroll.StateTokenStore;
import dev.hawser.controlplane.enroll.TokenEnrolment;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.exports.ExportLedger;
import dev.hawser.controlplane.exports.SlotTable;
import dev.hawser.controlplane.kubernetes.api.ClusterApi;
import dev.hawser.controlplane.merge.PolicyEffects;
import dev.hawser.controlplane.peer.Federation;
import dev.hawser.controlplane.peer.GatewayProbes;
import dev.hawser.controlplane.policy.PolicyBook;
import dev.hawser.controlplane.registry.MassWithdrawalGuard;
import dev.hawser.controlplane.registry.Registries;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.WithdrawalRule;
import dev.hawser.controlplane.restart.LastGoodStates;
import dev.hawser.controlplane.restart.LaterWriter;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.controlplane.state.FileStateStore;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.transport.EventLoops;
import dev.hawser.controlplane.transport.GrpcPeerDialer;
import dev.hawser.controlplane.transport.MeshServer;
import dev.hawser.controlplane.transport.PeerIdentity;
import dev.hawser.controlplane.transport.ServerLimits;
import dev.hawser.controlplane.vm.VmLeaseRegistry;
import dev.hawser.controlplane.xds.AdsService;
import dev.hawser.controlplane.xds.HealthService;
import dev.hawser.controlplane.xds.PresenceStore;
import dev.hawser.controlplane.xds.ProbeListener;
import dev.hawser.controlplane.xds.ProxyRegistry;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.token.TokenIssuer;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running control plane.
 *
 * <p>Order of the start: state, trust, what was known before (registries, presence, slots,
 * members), the loop that recomputes the mesh, the port for proxies, the registries. It is ready
 * when the port is open and the first snapshot is there; neither waits for another cluster. It
 * stops in the opposite order.
 */
final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private static final Duration PRESENCE_TICK = Duration.ofSeconds(1);
  private static final Duration TRUST_TICK = Duration.ofSeconds(5);
  private static final Duration METRICS = Duration.ofSeconds(5);
  private static final Duration PRUNE = Duration.ofHours(1);
  private static final Duration PRESENCE_PAUSE = Duration.ofSeconds(1);

  private final Settings settings;
  private final InstantSource clock;
  private final Opened opened;
  private final SnapshotHolder snapshots = new SnapshotHolder();
  private final PeerVerifier verifier = new PeerVerifier();
  private final MeshLoop loop = new MeshLoop();
  private final EventLoops eventLoops = new EventLoops();
  private final Optional<ClusterApi> api;
  private final StateStore state;
  private final TrustState trust;
  private final TokenLedger tokens;
  private final ProxyRegistry proxies;
  private final VmLeaseRegistry vms;
  private final Registries registries;
  private final PolicyBook policies;
  private final Federation federation;
  private final MeshPipeline pipeline;
  private final Administration administration;

  private ControlPlane(
      Opened opened, Settings settings, InstantSource clock, String version, MeterRegistry metrics)
      throws IOException {
    Instant started = clock.instant();
    this.opened = opened;
    this.settings = settings;
    this.clock = clock;
    opened.add(eventLoops);
    api =
        settings
            .kubernetes()
            .map(options -> opened.add(new ClusterApi(options, settings.stateNamespace())));
    state = opened.add(openState(settings, api));
    trust = TrustState.open(settings.cluster(), state, clock);
    AtomicReference<Supplier<List<String>>> gateways = new AtomicReference<>(List::of);
    tokens = tokens(settings, state, trust, clock, gateways);
    proxies = new ProxyRegistry(clock, loop::changed);
    vms = Sources.vms(settings, state, clock);
    registries = registries();
    policies =
        new PolicyBook(
            state,
            settings.consulNamespace(),
            PolicyEffects.against(snapshots),
            clock,
            loop::changed);
    federation = opened.add(new Federation(trust, state, tokens, dialer(), clock, loop::changed));
    gateways.set(federation::gateways);
    pipeline = pipeline();
    rememberPresence();
    serve();
    beginWork();
    AdminParts parts = adminParts(version, started);
    administration = new Administration(parts);
    MeshMetrics meshMetrics = new MeshMetrics(parts, metrics);
    loop.every(METRICS, meshMetrics::update);
  }

  /**
   * Starts.
   *
   * @throws IOException if a port cannot be bound or a file cannot be used
   * @throws dev.hawser.controlplane.state.StateUnavailableException if the state cannot be used
   */
  static ControlPlane start(
      Settings settings, InstantSource clock, String version, MeterRegistry metrics)
      throws IOException {
    Opened opened = new Opened();
    try {
      return new ControlPlane(opened, settings, clock, version, metrics);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  Administration administration() {
    return administration;
  }

  /** Whether proxies can be served; depends on nothing outside this process and its state. */
  boolean isReady() {
    return snapshots.current().isPresent();
  }

  /** Returns how many services may be called from here now. */
  int serviceCount() {
    return snapshots.current().map(snapshot -> snapshot.services().size()).orElse(0);
  }

  @Override
  public void close() {
    opened.close();
  }

  private static StateStore openState(Settings settings, Optional<ClusterApi> api) {
    return settings.kubernetesState()
        ? api.orElseThrow().state()
        : new FileStateStore(settings.dataDirectory().resolve("state"));
  }

  private static TokenLedger tokens(
      Settings settings,
      StateStore state,
      TrustState trust,
      InstantSource clock,
      AtomicReference<Supplier<List<String>>> gateways) {
    return new TokenLedger(
        new StateTokenStore(state),
        () ->
            new TokenIssuer(
                settings.cluster().name(),
                settings.cluster().meshDomain(),
                settings.advertised(),
                gateways.get().get(),
                Certificates.fingerprint(trust.rootCertificate())),
        clock,
        (token, claimant) ->
            LOG.warn("A spent join token came again. id={} from={}", token.id(), claimant));
  }

  private Registries registries() {
    LastGoodStates lastGood = opened.add(new LastGoodStates(state));
    List<ServiceRegistry> sources = Sources.all(settings, vms, clock);
    Registries all =
        opened.add(
            new Registries(
                sources,
                new MassWithdrawalGuard(WithdrawalRule.DEFAULT, clock),
                served -> {
                  lastGood.remember(served);
                  loop.changed();
                }));
    all.restore(lastGood.load(sources.stream().map(ServiceRegistry::source).toList()));
    return all;
  }

  private GrpcPeerDialer dialer() {
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    opened.add(calls::shutdownNow);
    return new GrpcPeerDialer(trust, verifier, clock, eventLoops, calls);
  }

  private MeshPipeline pipeline() {
    LocalCluster local =
        new LocalCluster(
            settings.cluster(),
            settings.site().network(),
            settings.site().locality(),
            settings.consulNamespace(),
            List.of(),
            settings.advertised());
    return new MeshPipeline(
        new MeshPipeline.Parts(
            local,
            registries,
            proxies,
            federation,
            policies::policies,
            trust,
            new ExportLedger(state, clock, SlotTable.DEFAULT_DRAIN),
            snapshots,
            clock));
  }

  private void rememberPresence() {
    PresenceStore store = new PresenceStore(state);
    proxies.restore(store.load());
    LaterWriter writer =
        opened.add(
            new LaterWriter("presence", PRESENCE_PAUSE, () -> store.save(proxies.present())));
    snapshots.onChange(_ -> writer.wake());
  }

  private void serve() throws IOException {
    AdsService ads = opened.add(new AdsService(snapshots, proxies, PeerIdentity::require));
    HealthService health =
        opened.add(
            new HealthService(
                snapshots, PeerIdentity::require, listener(federation.probes()), clock));
    List<BindableService> services = new ArrayList<>(federation.services());
    services.add(enrollment());
    services.add(ads);
    services.add(health);
    opened.add(
        MeshServer.start(
            settings.listen(), services, trust, verifier, clock, ServerLimits.DEFAULT, eventLoops));
  }

  private EnrollmentService enrollment() {
    GrantBook grants = new GrantBook(state);
    return new EnrollmentService(
        trust,
        new TokenEnrolment(tokens, trust, grants, clock),
        api.map(ClusterApi::attestor).orElseGet(ServiceAccountAttestor::none),
        grants,
        vms,
        new EnrollmentConfig(
            settings.site().network(), settings.advertised(), ClusterAuthority.DEFAULT_TTL));
  }

  private static ProbeListener listener(GatewayProbes probes) {
    return new ProbeListener() {
      @Override
      public void answered(String cluster, String address, Instant at) {
        probes.answered(cluster, address, at);
      }

      @Override
      public void failed(String cluster, String address, Instant at) {
        probes.failed(cluster, address, at);
      }
    };
  }

  private void beginWork() {
    opened.add(loop);
    trust.onChange(loop::changed);
    loop.begin(() -> pipeline.recompute(loop::changedIn));
    loop.every(PRESENCE_TICK, proxies::tick);
    loop.every(TRUST_TICK, trust::tick);
    loop.every(PRUNE, tokens::prune);
    api.filter(_ -> settings.kubernetesState())
        .ifPresent(a -> opened.add(new RootsPublisher(a.roots(), trust)).start());
    registries.start();
  }

  private AdminParts adminParts(String version, Instant started) {
    return new AdminParts(
        trust,
        tokens,
        registries,
        snapshots,
        federation,
        pipeline::offers,
        new PolicyDesk(policies),
        new ProxyDirectory(proxies),
        state,
        clock,
        version,
        settings.site().network(),
        started);
  }
}
