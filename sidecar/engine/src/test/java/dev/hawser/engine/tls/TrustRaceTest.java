package dev.hawser.engine.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Changes that come while a peer is being judged: after the look at what is trusted, and before the
 * connection is among those that a change reaches.
 */
class TrustRaceTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/web");
  private static final SpiffeId ORDERS =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders");
  private static final Duration BOUND = Duration.ofSeconds(5);

  private final TestAuthority authority = TestAuthority.create();
  private final MutableIdentity orders =
      new MutableIdentity(authority.svid(ORDERS), authority.bundles("east", "west"));
  private final MutableIdentity web =
      new MutableIdentity(authority.svid(WEB), authority.bundles("east", "west"));
  private final AtomicReference<TlsPair> pair = new AtomicReference<>();

  /**
   * Expects anybody, and does something when asked by the check after a full handshake. The trust
   * manager asks first, within it.
   */
  private static ExpectedPeers meanwhile(Runnable task) {
    return meanwhile(2, task);
  }

  private static ExpectedPeers meanwhile(int ask, Runnable task) {
    AtomicInteger asked = new AtomicInteger();
    return ExpectedPeers.matching(
        "anybody",
        _ -> {
          if (asked.incrementAndGet() == ask) {
            task.run();
          }
          return true;
        });
  }

  private TlsPair pair(ExpectedPeers serverExpects, ExpectedPeers clientExpects) throws Exception {
    TlsPair made =
        new TlsPair(
            TlsProvider.BORINGSSL,
            orders,
            TlsProvider.BORINGSSL,
            web,
            serverExpects,
            clientExpects);
    pair.set(made);
    return made;
  }

  /** Trusts the own cluster alone, and waits until those that are watched have been judged. */
  private static void trustAlone(
      MutableIdentity identity, TestAuthority authority, String cluster, LiveConnections live) {
    int before = live.ground().rechecks();
    identity.trust(authority.bundles(cluster));
    await().atMost(BOUND).until(() -> live.ground().rechecks() > before);
  }

  @Test
  void clientWhoseTrustIsWithdrawnWhileItIsJudgedIsRefused() throws Exception {
    try (TlsPair both =
        pair(
            meanwhile(() -> trustAlone(orders, authority, "east", pair.get().serverSide.live())),
            ExpectedPeers.any())) {
      TlsPair.Client client = both.connect();

      assertThat(client.echo("secret")).isEqualTo("closed");
      assertThat(both.echoed).hasValue(0);
      assertThat(both.accepted.take().attr(PeerCheck.PEER).get()).isNull();
      await().atMost(BOUND).until(() -> both.serverSide.live().size() == 0);
    }
  }

  @Test
  void serverWhoseTrustIsWithdrawnWhileItIsJudgedIsRefused() throws Exception {
    try (TlsPair both =
        pair(
            ExpectedPeers.any(),
            meanwhile(() -> trustAlone(web, authority, "west", pair.get().clientSide.live())))) {
      TlsPair.Client client = both.connect();

      assertThatThrownBy(client::peer).isInstanceOf(ExecutionException.class);
      assertThat(client.event).isNotCompleted();
      assertThat(client.closedWithin(BOUND)).isTrue();
      await().atMost(BOUND).until(() -> both.clientSide.live().size() == 0);
    }
  }

  @Test
  void serverThatIsNoLongerExpectedWhileItIsJudgedIsRefused() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ExpectedPeers until =
        ExpectedPeers.matching(
            "anybody until now",
            _ -> {
              if (asked.incrementAndGet() == 2) {
                // Another answers for the upstream from now on; as Upstream does, those that stand
                // are judged again at once.
                pair.get().clientSide.live().recheck();
                return true;
              }
              return asked.get() < 2;
            });
    try (TlsPair both = pair(ExpectedPeers.any(), until)) {
      TlsPair.Client client = both.connect();

      assertThatThrownBy(client::peer)
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("anybody until now");
      assertThat(client.closedWithin(BOUND)).isTrue();
      await().atMost(BOUND).until(() -> both.clientSide.live().size() == 0);
    }
  }

  @Test
  void controlPlaneWhoseTrustIsWithdrawnWhileItsStreamIsJudgedIsRefused() throws Exception {
    try (TlsPair both = pair(ExpectedPeers.any(), ExpectedPeers.any())) {
      TlsPair.Client client = both.connect();
      assertThat(client.peer()).isEqualTo(ORDERS);
      List<String> closed = new CopyOnWriteArrayList<>();

      // As for a stream of gRPC, whose handshake is not ours.
      assertThat(
              both.clientSide.watch(
                  client.channel.pipeline().get(SslHandler.class).engine().getSession(),
                  meanwhile(1, () -> trustAlone(web, authority, "west", both.clientSide.live())),
                  closed::add))
          .isEmpty();

      assertThat(closed).hasSize(1);
      await().atMost(BOUND).until(() -> both.clientSide.live().size() == 0);
    }
  }

  @Test
  void changeThatStillTrustsThePeerLeavesItsConnection() throws Exception {
    try (TlsPair both =
        pair(
            meanwhile(() -> {
              LiveConnections live = pair.get().serverSide.live();
              int before = live.ground().rechecks();
              orders.trust(authority.bundles("east", "west", "north"));
              await().atMost(BOUND).until(() -> live.ground().rechecks() > before);
            }),
            ExpectedPeers.any())) {
      TlsPair.Client client = both.connect();

      assertThat(client.echo("hello")).isEqualTo("hello");
      assertThat(both.serverSide.live().size()).isEqualTo(1);
    }
  }
}
