package dev.hawser.proxy.fault;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.FaultPlan;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.Fraction;
import dev.hawser.proxy.reply.GrpcCodes;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.worker.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes requests wait, and answers some with errors ({@code envoy.filters.http.fault}). */
public final class FaultFilter implements HttpFilter {
  private static final String DELAY = "x-envoy-fault-delay-request";
  private static final String ABORT = "x-envoy-fault-abort-request";
  private static final String ABORT_GRPC = "x-envoy-fault-abort-grpc-request";
  private static final String DELAY_SHARE = DELAY + "-percentage";
  private static final String ABORT_SHARE = ABORT + "-percentage";

  /** A caller may ask for a delay, but not for one that holds a stream for ever. */
  private static final int MAX_ASKED_MILLIS = 600_000;

  private final Faults own;

  /** Makes a filter. */
  public FaultFilter(FaultPlan plan) {
    this.own = new Faults(plan);
  }

  /** A plan and how many requests it keeps busy. */
  private static final class Faults {
    private final FaultPlan plan;
    private final AtomicInteger active = new AtomicInteger();

    Faults(FaultPlan plan) {
      this.plan = plan;
    }

    /** Returns whether there may be one more; it ends with the request. */
    boolean enter(FilterCall call) {
      if (active.incrementAndGet() > plan.maxActive()) {
        active.decrementAndGet();
        return false;
      }
      call.onEnd(active::decrementAndGet);
      return true;
    }
  }

  /** The faults of a route instead. */
  public static final class ForRoute implements RouteSetting {
    private final Faults faults;

    /** Makes a setting. */
    public ForRoute(FaultPlan plan) {
      this.faults = new Faults(plan);
    }
  }

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    Faults faults = setting instanceof ForRoute route ? route.faults : own;
    for (FieldMatch header : faults.plan.headers()) {
      if (!header.test(call.request())) {
        return Outcome.PASS;
      }
    }
    Duration delay = delay(faults.plan, call);
    if (delay == null) {
      return abort(faults, call, false);
    }
    if (!faults.enter(call)) {
      return Outcome.PASS;
    }
    call.flag("DI");
    Timer timer = new Timer(() -> call.resume(abort(faults, call, true)));
    call.onEnd(() -> call.worker().timers().cancel(timer));
    call.worker().timers().arm(timer, delay.toNanos());
    return Outcome.WAIT;
  }

  private static @Nullable Duration delay(FaultPlan plan, FilterCall call) {
    if (plan.delay().isEmpty()) {
      return null;
    }
    FaultPlan.Delay delay = plan.delay().get();
    if (delay.fixed().isPresent()) {
      return delay.share().takes(call.worker().random()) ? delay.fixed().get() : null;
    }
    int asked = number(call, DELAY, 0, MAX_ASKED_MILLIS);
    return asked > 0 && asked(delay.share(), call, DELAY_SHARE) ? Duration.ofMillis(asked) : null;
  }

  /**
   * Answers with an error if one is due.
   *
   * @param entered whether the request is counted already
   */
  private static Outcome abort(Faults faults, FilterCall call, boolean entered) {
    FaultPlan.Status status = status(faults.plan, call);
    if (status == null || !(entered || faults.enter(call))) {
      return Outcome.PASS;
    }
    call.details("fault_filter_abort");
    return new Outcome.Answer(
        new LocalReply(status.http(), "FI", "", "fault filter abort")
            .withGrpcStatus(status.grpc()));
  }

  private static FaultPlan.@Nullable Status status(FaultPlan plan, FilterCall call) {
    if (plan.abort().isEmpty()) {
      return null;
    }
    FaultPlan.Abort abort = plan.abort().get();
    if (abort.with().isPresent()) {
      return abort.share().takes(call.worker().random()) ? abort.with().get() : null;
    }
    int http = number(call, ABORT, 200, 599);
    int grpc = number(call, ABORT_GRPC, 0, 16);
    if ((http < 0 && grpc < 0) || !asked(abort.share(), call, ABORT_SHARE)) {
      return null;
    }
    return http >= 0
        ? new FaultPlan.Status(http, LocalReply.BY_STATUS)
        : new FaultPlan.Status(GrpcCodes.http(grpc), grpc);
  }

  /** A caller may ask for a smaller share than is configured. */
  private static boolean asked(Fraction most, FilterCall call, String header) {
    int numerator = number(call, header, 0, Integer.MAX_VALUE);
    Fraction share =
        numerator < 0
            ? most
            : new Fraction(Math.min(numerator, most.numerator()), most.denominator());
    return share.takes(call.worker().random());
  }

  /** Returns a header's number, or -1 if there is none between the two. */
  private static int number(FilterCall call, String header, int least, int most) {
    String text = HeaderValue.of(call.request(), header);
    if (text == null) {
      return -1;
    }
    try {
      int number = Integer.parseInt(text);
      return number >= least && number <= most ? number : -1;
    } catch (NumberFormatException _) {
      return -1;
    }
  }
}
