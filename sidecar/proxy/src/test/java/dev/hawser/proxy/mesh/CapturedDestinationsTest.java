package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.outbound.CapturedDestinations;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is asked about, and what becomes of the answer. */
class CapturedDestinationsTest {
  private static final ServiceName LEDGER = ServiceName.parse("ledger.shop");
  private static final String NAME = "outbound/ledger.shop";

  private TestProxy proxy;
  private CapturedDestinations captured;

  @BeforeEach
  void start() throws IOException {
    proxy = new TestProxy(TestAuthority.create(), "east", "web");
    captured = proxy.plane().captured();
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  private static ListenerConfig listener(String address, Address... also) {
    ListenerConfig.Chain chain =
        new ListenerConfig.Chain(
            "ledger.shop:5432",
            List.of(),
            List.of(),
            false,
            List.of(),
            new ListenerConfig.Content.Tcp("ledger.shop:5432", Optional.empty()),
            Optional.of(5432));
    return new ListenerConfig(
        NAME,
        new Address(address, 5432),
        List.of(chain),
        false,
        false,
        new ListenerConfig.Reach(List.of(also), false, false, Map.of("db", 5432)));
  }

  private CompletableFuture<Optional<ListenerConfig>> find() {
    CompletableFuture<Optional<ListenerConfig>> found = new CompletableFuture<>();
    captured.find(LEDGER, found::complete);
    return found;
  }

  @Test
  void whoAsksGetsTheAnswerWhenItComesAndOneQuestionIsEnough() throws Exception {
    CompletableFuture<Optional<ListenerConfig>> first = find();
    await().until(() -> proxy.asked.contains(NAME));
    assertThat(first).isNotDone();

    ListenerConfig listener = listener("10.96.0.7");
    captured.put(listener);

    assertThat(first.get(20, TimeUnit.SECONDS)).contains(listener);
    assertThat(find().get(20, TimeUnit.SECONDS)).contains(listener);
    assertThat(captured.all()).containsExactly(listener);
    captured.remove(NAME);
    assertThat(find().get(20, TimeUnit.SECONDS)).isEmpty();
    assertThat(captured.all()).isEmpty();
    assertThat(proxy.asked).containsOnlyOnce(NAME);
  }

  @Test
  void whoGetsNoAnswerGoesOnAndItMayStillCome() throws Exception {
    assertThat(find().get(20, TimeUnit.SECONDS)).isEmpty();
    captured.put(listener("10.96.0.7"));
    assertThat(find().get(20, TimeUnit.SECONDS)).isPresent();
  }

  @Test
  void whatWasKnownBeforeThisProcessIsAskedForToo() {
    captured.put(listener("10.96.0.7"));
    assertThat(proxy.asked).contains(NAME);
  }

  @Test
  void theAddressesOfAServiceAreThoseOfItsListenerButNotTheOneOfNobody() {
    assertThat(CapturedDestinations.addresses(listener("0.0.0.0"))).isEmpty();
    assertThat(
            CapturedDestinations.addresses(
                listener("10.96.0.7", new Address("10.96.0.7", 80), new Address("fd00::7", 80))))
        .containsExactly(InetAddress.ofLiteral("10.96.0.7"), InetAddress.ofLiteral("fd00::7"));
  }
}
