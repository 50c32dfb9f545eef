package dev.hawser.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterEntry;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FilterRunTest {
  private final List<String> events = new ArrayList<>();
  private final List<HttpFilter> made = new ArrayList<>();
  private final Owner owner = new Owner();

  private final class Owner implements FilterRun.Owner {
    private @Nullable RouteSettings settings;

    @Override
    public Http2Headers request() {
      return new DefaultHttp2Headers();
    }

    @Override
    public void awaitBody(int bytes, Runnable then) {
      then.run();
    }

    @Override
    public byte[] body(int most) {
      return new byte[0];
    }

    @Override
    public boolean hasBody() {
      return false;
    }

    @Override
    public Downstream downstream() {
      return new Downstream(null, null, null, null, false, "", 0, false);
    }

    @Override
    public Worker worker() {
      return new Worker(0, new DefaultEventLoop());
    }

    @Override
    public @Nullable RouteRule rule() {
      return null;
    }

    @Override
    public @Nullable RouteSettings settings() {
      return settings;
    }

    @Override
    public void routeAgain() {
      events.add("routed again");
    }

    @Override
    public void passed() {
      events.add("passed");
    }

    @Override
    public void answered(LocalReply reply) {
      events.add("answered " + reply.status());
    }

    @Override
    public void flag(String flag) {
      events.add("flag " + flag);
    }

    @Override
    public void details(String details) {
      events.add("details " + details);
    }
  }

  private record Setting(String text) implements RouteSetting {}

  /** Says its name, and ends as it was told to. */
  private HttpFilter saying(String name, Outcome outcome) {
    return (call, setting) -> {
      events.add(name + (setting instanceof Setting(String text) ? "+" + text : ""));
      call.onResponse(_ -> events.add("response " + name));
      call.onEnd(() -> events.add("end " + name));
      return outcome;
    };
  }

  private final Filters filters =
      new Filters(
          new Filters.Maker() {
            @Override
            public HttpFilter filter(FilterConfig config) {
              return made.removeFirst();
            }

            @Override
            public RouteSetting setting(FilterOverride.Settings settings) {
              return new Setting("route");
            }
          });

  private static FilterEntry entry(String name, boolean disabled) {
    return new FilterEntry(name, disabled, new FilterConfig.Rbac(List.of()));
  }

  private FilterRun run(FilterEntry... entries) {
    FilterChain chain = Objects.requireNonNull(filters.chain(List.of(entries)));
    FilterRun run = new FilterRun(chain, owner);
    run.begin();
    return run;
  }

  @Test
  void chainWithoutFiltersIsNull() {
    assertThat(filters.chain(List.of())).isNull();
    assertThat(filters.settings(Map.of())).isNull();
  }

  @Test
  void filtersAreAskedInOrderAndSeeTheResponseInReverse() {
    made.add(saying("a", Outcome.PASS));
    made.add(saying("b", Outcome.PASS));

    FilterRun run = run(entry("a", false), entry("b", false));
    run.respond(new DefaultHttp2Headers());
    run.end();

    assertThat(events)
        .containsExactly("a", "b", "passed", "response b", "response a", "end a", "end b");
  }

  @Test
  void answerEndsTheChain() {
    made.add(saying("a", new Outcome.Answer(Replies.denied())));
    made.add(saying("b", Outcome.PASS));

    run(entry("a", false), entry("b", false));

    assertThat(events).containsExactly("a", "answered 403");
  }

  @Test
  void waitingFilterHoldsTheRequestUntilItResumes() {
    made.add(saying("a", Outcome.WAIT));
    made.add(saying("b", Outcome.PASS));

    FilterRun run = run(entry("a", false), entry("b", false));
    assertThat(events).containsExactly("a");
    run.resume(Outcome.PASS);

    assertThat(events).containsExactly("a", "b", "passed");
    assertThatThrownBy(() -> run.resume(Outcome.PASS)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void resumeAfterTheEndDoesNothing() {
    made.add(saying("a", Outcome.WAIT));

    FilterRun run = run(entry("a", false));
    run.end();
    run.resume(Outcome.PASS);

    assertThat(events).containsExactly("a", "end a");
  }

  @Test
  void routeDisablesEnablesAndSetsFiltersByName() {
    made.add(saying("a", Outcome.PASS));
    made.add(saying("b", Outcome.PASS));
    made.add(saying("c", Outcome.PASS));
    made.add(saying("d", Outcome.PASS));
    owner.settings =
        filters.settings(
            Map.of(
                "a",
                new FilterOverride.Disabled(),
                "b",
                new FilterOverride.Enabled(),
                "c",
                new FilterOverride.Rbac(List.of())));

    run(entry("a", false), entry("b", true), entry("c", true), entry("d", true));

    assertThat(events).containsExactly("b", "c+route", "passed");
  }

  @Test
  void routeIsFoundAgainBeforeTheNextFilter() {
    made.add((call, _) -> {
      call.routeAgain();
      return Outcome.PASS;
    });
    made.add(saying("b", Outcome.PASS));

    run(entry("a", false), entry("b", false));

    assertThat(events).containsExactly("routed again", "b", "passed");
  }
}
