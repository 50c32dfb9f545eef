package dev.hawser.engine.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.BadChain;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MeshTlsTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/web");
  private static final SpiffeId ORDERS =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders");

  private final TestAuthority authority = TestAuthority.create();
  private final MutableIdentity orders =
      new MutableIdentity(authority.svid(ORDERS), authority.bundles("east", "west"));
  private final MutableIdentity web =
      new MutableIdentity(authority.svid(WEB), authority.bundles("east", "west"));

  static Stream<Arguments> providers() {
    return Stream.of(TlsProvider.values())
        .flatMap(s -> Stream.of(TlsProvider.values()).map(c -> Arguments.of(s, c)));
  }

  private TlsPair pair(TlsProvider server, TlsProvider client) throws Exception {
    return new TlsPair(
        server, orders, client, web, ExpectedPeers.any(), ExpectedPeers.exactly(ORDERS));
  }

  @Test
  void boringSslIsWhatThisMachineUses() {
    assertThat(TlsProvider.best()).isEqualTo(TlsProvider.BORINGSSL);
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void bothSidesLearnWhoTheOtherIs(TlsProvider server, TlsProvider client) throws Exception {
    try (TlsPair pair = pair(server, client)) {
      TlsPair.Client connection = pair.connect();
      assertThat(connection.peer()).isEqualTo(ORDERS);
      assertThat(connection.event.get()).isEqualTo(new PeerVerified(ORDERS, "http/1.1"));
      assertThat(connection.echo("hello")).isEqualTo("hello");
      assertThat(pair.accepted.take().attr(PeerCheck.PEER).get()).isEqualTo(WEB);
      assertThat(connection.channel.pipeline().get(SslHandler.class).engine().getSession())
          .satisfies(s -> assertThat(s.getProtocol()).isEqualTo("TLSv1.3"));
    }
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void aResumedSessionIsJudgedAgainByTheServer(TlsProvider server, TlsProvider client)
      throws Exception {
    try (TlsPair pair = pair(server, client)) {
      resumeOnce(pair);
      // The client's cluster leaves: the ticket is good, the peer is not.
      orders.trust(authority.bundles("east"));
      int before = pair.echoed.get();
      TlsPair.Client refused = pair.connect();
      assertThat(refused.echo("secret")).isEqualTo("closed");
      assertThat(pair.echoed).hasValue(before);
    }
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void aResumedSessionIsJudgedAgainByTheClient(TlsProvider server, TlsProvider client)
      throws Exception {
    try (TlsPair pair = pair(server, client)) {
      resumeOnce(pair);
      web.trust(authority.bundles("west"));
      TlsPair.Client refused = pair.connect();
      assertThatThrownBy(refused::peer).isInstanceOf(ExecutionException.class);
      assertThat(refused.event).isNotCompleted();
      assertThat(refused.closedWithin(Duration.ofSeconds(5))).isTrue();
    }
  }

  /** The trust manager asks for an expected peer, the check after the handshake asks again. */
  private static void resumeOnce(TlsPair pair) throws Exception {
    TlsPair.Client first = pair.connect();
    assertThat(first.echo("first")).isEqualTo("first");
    first.channel.close().sync();
    assertThat(pair.serverAsked).as("a full handshake asks twice").hasValue(2);
    TlsPair.Client second = pair.connect();
    assertThat(second.echo("second")).isEqualTo("second");
    assertThat(pair.serverAsked).as("a resumed one asks once").hasValue(3);
    assertThat(pair.clientAsked).hasValue(3);
    assertThat(second.peer()).isEqualTo(ORDERS);
    second.channel.close().sync();
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void aChangeOfTrustClosesLiveConnectionsOfThatPeerOnly(TlsProvider server, TlsProvider client)
      throws Exception {
    MutableIdentity billing =
        new MutableIdentity(
            authority.workload("east", "shop", "billing"), authority.bundles("east", "west"));
    try (TlsPair pair = pair(server, client);
        MeshTls billingTls = MeshTls.start(billing, MeshTls.Options.defaults());
        ClientTls billingClient = billingTls.client(java.util.List.of("h2"), ExpectedPeers.any())) {
      TlsPair.Client fromWest = pair.connect();
      TlsPair.Client fromEast = pair.connect(billingClient);
      assertThat(fromWest.echo("a")).isEqualTo("a");
      assertThat(fromEast.echo("b")).isEqualTo("b");
      assertThat(pair.serverSide.live().size()).isEqualTo(2);
      orders.trust(authority.bundles("east"));
      assertThat(fromWest.closedWithin(Duration.ofSeconds(5))).isTrue();
      assertThat(fromEast.echo("c")).isEqualTo("c");
      assertThat(pair.serverSide.live().size()).isEqualTo(1);
    }
  }

  @Test
  void aRevokedIntermediateEndsLiveConnections() throws Exception {
    try (TlsPair pair = pair(TlsProvider.BORINGSSL, TlsProvider.BORINGSSL)) {
      TlsPair.Client connection = pair.connect();
      assertThat(connection.echo("a")).isEqualTo("a");
      X509Certificate stolen = authority.cluster("west").intermediate();
      orders.trust(authority.bundles("east", "west").withRevoked(Set.of(stolen.getSerialNumber())));
      assertThat(connection.closedWithin(Duration.ofSeconds(5))).isTrue();
    }
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void aRenewedCertificateServesNewConnectionsAndLeavesLiveOnes(
      TlsProvider server, TlsProvider client) throws Exception {
    try (TlsPair pair = pair(server, client)) {
      TlsPair.Client old = pair.connect();
      assertThat(old.echo("a")).isEqualTo("a");
      Svid renewedServer = authority.svid(ORDERS);
      Svid renewedClient = authority.svid(WEB);
      orders.become(renewedServer);
      web.become(renewedClient);
      TlsPair.Client fresh = pair.connect();
      assertThat(fresh.echo("b")).isEqualTo("b");
      assertThat(leafOf(fresh)).isEqualTo(renewedServer.leaf());
      pair.accepted.take();
      assertThat(
              pair.accepted
                  .take()
                  .pipeline()
                  .get(SslHandler.class)
                  .engine()
                  .getSession()
                  .getPeerCertificates()[0])
          .isEqualTo(renewedClient.leaf());
      assertThat(old.echo("c")).isEqualTo("c");
    }
  }

  private static java.security.cert.Certificate leafOf(TlsPair.Client client) throws Exception {
    return client
        .channel
        .pipeline()
        .get(SslHandler.class)
        .engine()
        .getSession()
        .getPeerCertificates()[0];
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void aMemberThatIsNotTheExpectedOneIsRefused(TlsProvider server, TlsProvider client)
      throws Exception {
    SpiffeId other = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/payments");
    try (TlsPair pair =
        new TlsPair(
            server, orders, client, web, ExpectedPeers.any(), ExpectedPeers.exactly(other))) {
      TlsPair.Client refused = pair.connect();
      assertThatThrownBy(refused::peer).isInstanceOf(ExecutionException.class);
      assertThat(refused.closedWithin(Duration.ofSeconds(5))).isTrue();
      // The server never got a certificate from a client that did not believe it.
      assertThat(pair.serverAsked).hasValue(0);
    }
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void badChainsAreRefusedOverTheWire(TlsProvider server, TlsProvider client) throws Exception {
    for (BadChain bad :
        new BadChain[] {
          BadChain.UNCONSTRAINED_INTERMEDIATE,
          BadChain.FOREIGN_CONSTRAINT,
          BadChain.LEAF_FOR_CODE_SIGNING,
          BadChain.LEAF_EXPIRED,
          BadChain.INTERMEDIATE_OF_A_STRANGE_ROOT
        }) {
      var forged = bad.make(authority);
      MutableIdentity mallory =
          new MutableIdentity(
              new Svid(BadChain.VICTIM, forged.key(), forged.chain()),
              authority.bundles("east", "west"));
      try (TlsPair pair =
          new TlsPair(server, orders, client, mallory, ExpectedPeers.any(), ExpectedPeers.any())) {
        assertThat(pair.connect().echo("x")).as(bad.name()).isIn("closed", "nothing");
        assertThat(pair.echoed).as(bad.name()).hasValue(0);
      }
    }
  }

  @Test
  void withoutAnIdentityNothingIsAcceptedAndNothingConnects() throws Exception {
    try (TlsPair pair = pair(TlsProvider.BORINGSSL, TlsProvider.BORINGSSL)) {
      assertThat(pair.connect().echo("a")).isEqualTo("a");
      web.expire();
      TlsPair.Client refused = pair.connect();
      assertThatThrownBy(refused::peer).hasMessageContaining("identity: none");
      web.become(authority.svid(WEB));
      orders.expire();
      assertThat(pair.connect().echo("b")).isEqualTo("closed");
      assertThat(pair.echoed).hasValue(1);
    }
  }

  @ParameterizedTest(name = "server {0}, client {1}")
  @MethodSource("providers")
  void whoSaysNothingIsClosedAtTheHandshakeTimeout(TlsProvider server, TlsProvider client)
      throws Exception {
    try (TlsPair pair = pair(server, client);
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), pair.port())) {
      silent.setSoTimeout(5000);
      assertThat(silent.getInputStream().readAllBytes()).hasSizeLessThan(64);
    }
  }

  @Test
  void connectionsThatEndAreForgotten() throws Exception {
    try (TlsPair pair = pair(TlsProvider.BORINGSSL, TlsProvider.JDK)) {
      for (int i = 0; i < 20; i++) {
        TlsPair.Client connection = pair.connect();
        assertThat(connection.echo("a")).isEqualTo("a");
        connection.channel.close().sync();
      }
      await()
          .untilAsserted(() -> {
            assertThat(pair.serverSide.live().size()).isZero();
            assertThat(pair.clientSide.live().size()).isZero();
          });
    }
  }
}
