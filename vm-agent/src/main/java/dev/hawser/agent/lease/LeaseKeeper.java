package dev.hawser.agent.lease;

import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.model.Locality;
import dev.hawser.host.identity.Backoff;
import dev.hawser.host.identity.CallFailures;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.host.identity.Registration;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease alive: a heartbeat every two seconds with the health of the applications, at once
 * when that changes, and a new stream when the old one breaks, falls silent, or the certificate
 * changed. Everything happens on one thread of its own.
 */
public final class LeaseKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  /** Pauses and limits. */
  public record Pace(Duration heartbeat, Duration silence, Duration firstRetry, Duration longest) {
    /** A beat every 2 s, 5 s of silence break a stream, retries after 0.5 s to 4 s. */
    public static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(4));
  }

  /**
   * What the heartbeats say of this machine.
   *
   * @param host its name
   * @param address its IP address
   */
  public record Machine(String host, String address, Locality locality) {}

  private final IdentityClient identity;
  private final Machine machine;
  private final Supplier<Map<String, Boolean>> health;
  private final Pace pace;
  private final InstantSource clock;
  private String lastIssuer = "";
  private final Backoff backoff;
  private final Registration registration;
  private final ScheduledExecutorService thread;
  private final CountDownLatch left = new CountDownLatch(1);
  private @Nullable Stream stream;
  private int nextAddress;
  private long sequence;
  private long earliestAttempt = System.nanoTime();
  private boolean leaving;
  private volatile LeaseStatus status;

  private LeaseKeeper(
      IdentityClient identity,
      Machine machine,
      Supplier<Map<String, Boolean>> health,
      Pace pace,
      InstantSource clock) {
    this.identity = identity;
    this.machine = machine;
    this.health = health;
    this.pace = pace;
    this.clock = clock;
    this.backoff =
        new Backoff(
            new IdentityOptions.Timing(
                pace.heartbeat(), pace.silence(), pace.firstRetry(), pace.longest(), Duration.ZERO),
            ThreadLocalRandom.current());
    LeaseStatus.State first =
        identity.enrolment().services().isEmpty()
            ? LeaseStatus.State.NONE
            : LeaseStatus.State.CONNECTING;
    this.status = new LeaseStatus(first, "", null, 0, "", "", clock.instant());
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("hawser-lease").daemon().factory());
    this.registration = identity.onChange(this::identityChanged);
  }

  /**
   * Begins to keep the lease; an identity without services has none and stays quiet.
   *
   * @param health by service, asked at every heartbeat
   */
  public static LeaseKeeper start(
      IdentityClient identity,
      Machine machine,
      Supplier<Map<String, Boolean>> health,
      Pace pace,
      InstantSource clock) {
    LeaseKeeper keeper = new LeaseKeeper(identity, machine, health, pace, clock);
    if (keeper.status.state() != LeaseStatus.State.NONE) {
      var _ =
          keeper.thread.scheduleAtFixedRate(
              keeper::tickSafely, 0, pace.heartbeat().toMillis(), TimeUnit.MILLISECONDS);
    }
    return keeper;
  }

  /** Sends a heartbeat at once, since the health changed. */
  public void healthChanged() {
    if (status.state() != LeaseStatus.State.NONE) {
      post(this::tick);
    }
  }

  /** Returns how the lease fares. */
  public LeaseStatus status() {
    return status;
  }

  /**
   * Ends the lease, so that callers go elsewhere before this machine stops to serve.
   *
   * @return whether the control plane confirmed it in time
   */
  public boolean leave(Duration patience) throws InterruptedException {
    if (status.state() == LeaseStatus.State.NONE) {
      return true;
    }
    post(() -> {
      leaving = true;
      tick();
    });
    return left.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    registration.close();
    post(this::drop);
    thread.shutdown();
  }

  private void post(Runnable task) {
    try {
      thread.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException e) {
          LOG.error("Keeping the lease failed.", e);
        }
      });
    } catch (RejectedExecutionException _) {
      LOG.debug("The lease is closed already.");
    }
  }

  private void tickSafely() {
    try {
      tick();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again, and the lease would run out.
      LOG.error("Keeping the lease failed.", e);
    }
  }

  private void tick() {
    Stream current = stream;
    if (current != null && current.isSilent()) {
      lost(current, "it has not answered for " + pace.silence().toSeconds() + " s", "");
      current = null;
    }
    if (current == null) {
      current = connect();
    }
    if (current != null) {
      current.beat();
    }
  }

  private @Nullable Stream connect() {
    if (System.nanoTime() - earliestAttempt < 0) {
      return null;
    }
    List<String> addresses = identity.controlPlane();
    if (addresses.isEmpty()) {
      trouble(LeaseStatus.State.CONNECTING, "", "no address of the control plane is known", "");
      return null;
    }
    String address = addresses.get(Math.floorMod(nextAddress++, addresses.size()));
    try {
      Stream opened = new Stream(address, identity.openChannel(address));
      stream = opened;
      return opened;
    } catch (IdentityException e) {
      trouble(LeaseStatus.State.CONNECTING, address, String.valueOf(e.getMessage()), e.hint());
      pause();
      return null;
    }
  }

  private void identityChanged() {
    post(() -> {
      // The lease itself goes on for its length; a new stream shows the new certificate.
      drop();
      earliestAttempt = System.nanoTime();
      if (status.state() != LeaseStatus.State.NONE) {
        tick();
      }
    });
  }

  private void lost(Stream lost, String reason, String hint) {
    if (lost != stream) {
      return;
    }
    LOG.warn("The lease's stream broke. address={} reason=\"{}\"", lost.address, reason);
    drop();
    trouble(LeaseStatus.State.CONNECTING, lost.address, reason, hint);
    pause();
  }

  private void drop() {
    if (stream != null) {
      stream.channel.shutdownNow();
      stream = null;
    }
  }

  private void pause() {
    Duration pause = backoff.next();
    earliestAttempt = System.nanoTime() + pause.toNanos();
    try {
      var _ = thread.schedule(this::tickSafely, pause.toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      LOG.debug("The lease is closed already.");
    }
  }

  private void trouble(LeaseStatus.State state, String address, String reason, String hint) {
    LeaseStatus before = status;
    Instant since = before.state() == state ? before.since() : clock.instant();
    status =
        new LeaseStatus(state, address, before.lastReply(), before.seconds(), reason, hint, since);
  }

  /** Who signs now: the agent's own proxy hears the same, but there need not be one. */
  private void issuer(String serial) {
    if (!serial.isEmpty() && !serial.equals(lastIssuer)) {
      lastIssuer = serial;
      try {
        identity.issuerIs(Certificates.serial(serial));
      } catch (IllegalArgumentException e) {
        LOG.warn("Who signs now is not said as a serial number. issuer={}", serial, e);
      }
    }
  }

  private void replied(Stream from, LeaseReply reply) {
    if (from != stream) {
      return;
    }
    from.lastHeard = System.nanoTime();
    from.answered = true;
    backoff.reset();
    issuer(reply.getIssuer());
    LeaseStatus before = status;
    boolean gone = leaving && reply.getSequence() >= from.leavingSequence;
    LeaseStatus.State state = gone ? LeaseStatus.State.LEFT : LeaseStatus.State.HELD;
    if (before.state() != state) {
      LOG.info("The lease changed. state={} address={}", state, from.address);
    }
    status =
        new LeaseStatus(
            state,
            from.address,
            clock.instant(),
            reply.getLeaseSeconds(),
            "",
            "",
            before.state() == state ? before.since() : clock.instant());
    if (gone) {
      left.countDown();
    }
  }

  private void broke(Stream broken, Throwable cause) {
    if (broken != stream) {
      return;
    }
    IdentityException explained =
        CallFailures.explain(
            Status.fromThrowable(cause).asRuntimeException(Status.trailersFromThrowable(cause)),
            broken.address,
            identity.enrolment().cluster());
    if (explained.code().equals(IdentityException.NOT_TRUSTED)) {
      // Perhaps the cluster has moved to another root while this machine was off.
      identity.renewSoon();
    }
    lost(broken, String.valueOf(explained.getMessage()), explained.hint());
    if (!explained.isTransient() && !explained.code().equals(IdentityException.NOT_TRUSTED)) {
      trouble(
          LeaseStatus.State.REFUSED,
          broken.address,
          String.valueOf(explained.getMessage()),
          explained.hint());
    }
  }

  /** One stream to one address; its callbacks only post to the lease's thread. */
  private final class Stream implements StreamObserver<LeaseReply> {
    private final String address;
    private final ManagedChannel channel;
    private final StreamObserver<LeaseHeartbeat> requests;
    private long lastHeard = System.nanoTime();
    private long leavingSequence = Long.MAX_VALUE;
    private boolean answered;

    Stream(String address, ManagedChannel channel) {
      this.address = address;
      this.channel = channel;
      this.requests = EnrollmentGrpc.newStub(channel).lease(this);
    }

    /** A new stream gets twice the time: it has a connection and a handshake to make first. */
    boolean isSilent() {
      Duration patience = answered ? pace.silence() : pace.silence().multipliedBy(2);
      return System.nanoTime() - lastHeard > patience.toNanos();
    }

    void beat() {
      sequence++;
      if (leaving && leavingSequence == Long.MAX_VALUE) {
        leavingSequence = sequence;
      }
      requests.onNext(
          LeaseHeartbeat.newBuilder()
              .setSequence(sequence)
              .setAddress(machine.address())
              .setHost(machine.host())
              .setRegion(machine.locality().region())
              .setZone(machine.locality().zone())
              .putAllHealthy(health.get())
              .setLeaving(leaving)
              .build());
    }

    @Override
    public void onNext(LeaseReply reply) {
      post(() -> replied(this, reply));
    }

    @Override
    public void onError(Throwable cause) {
      post(() -> broke(this, cause));
    }

    @Override
    public void onCompleted() {
      post(() -> lost(this, "the control plane ended the stream", ""));
    }
  }
}
