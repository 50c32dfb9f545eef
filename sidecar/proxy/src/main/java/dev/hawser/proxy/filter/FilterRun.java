package dev.hawser.proxy.filter;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on its way through a chain of filters. Lives on one event loop. */
public final class FilterRun implements FilterCall {
  private static final List<?> NONE = List.of();

  private final FilterChain chain;
  private final Owner owner;
  private final Metadata metadata = new Metadata();
  private List<Consumer<Http2Headers>> responseSteps = none();
  private List<Runnable> endSteps = none();
  private int next;
  private boolean waiting;
  private boolean rerouted;
  private boolean over;

  /** Whose request it is. */
  public interface Owner {
    Http2Headers request();

    /** Whether a body or trailers follow. */
    boolean hasBody();

    /** Runs the task, later, once so many bytes of the body are there or its end. */
    void awaitBody(int bytes, Runnable then);

    /** Returns the first bytes of the body so far. */
    byte[] body(int most);

    Downstream downstream();

    Worker worker();

    /** Returns the rule that takes the request, or null. */
    @Nullable RouteRule rule();

    /** Returns what the rule says about filters, or null. */
    @Nullable RouteSettings settings();

    /** Finds the rule again. */
    void routeAgain();

    /** Every filter has passed it. */
    void passed();

    /** A filter has answered. */
    void answered(LocalReply reply);

    void flag(String flag);

    void details(String details);
  }

  /** Makes a run that has not begun. */
  public FilterRun(FilterChain chain, Owner owner) {
    this.chain = chain;
    this.owner = owner;
  }

  @SuppressWarnings("unchecked")
  private static <T> List<T> none() {
    return (List<T>) NONE;
  }

  /**
   * Goes through the filters; ends in {@link Owner#passed} or {@link Owner#answered}, maybe later.
   */
  public void begin() {
    while (next < chain.size() && !over) {
      FilterChain.Link link = chain.link(next++);
      RouteSettings settings = owner.settings();
      RouteSettings.Said said = settings == null ? null : settings.about(link.name());
      boolean works = said == null ? !link.disabled() : said.works();
      if (works && !proceed(link.filter().onRequest(this, said == null ? null : said.setting()))) {
        return;
      }
    }
    if (!over) {
      owner.passed();
    }
  }

  private boolean proceed(Outcome outcome) {
    switch (outcome) {
      case Outcome.Pass _ -> {
        if (rerouted) {
          rerouted = false;
          owner.routeAgain();
        }
        return true;
      }
      case Outcome.Answer(LocalReply reply) -> owner.answered(reply);
      case Outcome.Wait _ -> waiting = true;
    }
    return false;
  }

  @Override
  public void resume(Outcome outcome) {
    if (over) {
      return;
    }
    if (!waiting || outcome instanceof Outcome.Wait) {
      throw new IllegalStateException(
          "resumed with " + outcome + " (expected: once, after a wait, with pass or an answer)");
    }
    waiting = false;
    if (proceed(outcome)) {
      begin();
    }
  }

  /** Takes the filters' steps on the head of the response. */
  public void respond(Http2Headers response) {
    for (int i = responseSteps.size() - 1; i >= 0; i--) {
      responseSteps.get(i).accept(response);
    }
  }

  /** The request is over; once. */
  public void end() {
    over = true;
    endSteps.forEach(Runnable::run);
  }

  @Override
  public Http2Headers request() {
    return owner.request();
  }

  @Override
  public boolean hasBody() {
    return owner.hasBody();
  }

  @Override
  public void awaitBody(int bytes, Runnable then) {
    owner.awaitBody(
        bytes,
        () -> {
          if (!over) {
            then.run();
          }
        });
  }

  @Override
  public byte[] body(int most) {
    return owner.body(most);
  }

  @Override
  public Downstream downstream() {
    return owner.downstream();
  }

  @Override
  public @Nullable RouteRule route() {
    return owner.rule();
  }

  @Override
  public void routeAgain() {
    rerouted = true;
  }

  @Override
  public Metadata metadata() {
    return metadata;
  }

  @Override
  public void onResponse(Consumer<Http2Headers> step) {
    if (responseSteps.isEmpty()) {
      responseSteps = new ArrayList<>(2);
    }
    responseSteps.add(step);
  }

  @Override
  public void onEnd(Runnable step) {
    if (endSteps.isEmpty()) {
      endSteps = new ArrayList<>(2);
    }
    endSteps.add(step);
  }

  @Override
  public void flag(String flag) {
    owner.flag(flag);
  }

  @Override
  public void details(String details) {
    owner.details(details);
  }

  @Override
  public Worker worker() {
    return owner.worker();
  }
}
