package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Status;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ConnectionAuthz;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.model.ValueMatch;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real service is asked whether a connection of raw bytes may pass. */
class ConnectionAuthzTest {
  private static final int PERMISSION_DENIED = 7;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<AttributeContext> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean allowing = true;
  private TestProxy callee;
  private TestProxy caller;
  private ServerSocket echo;

  @BeforeEach
  void start() throws IOException {
    TestAuthority authority = TestAuthority.create();
    callee = keep(new TestProxy(authority, "east", "ledger"));
    caller = keep(new TestProxy(authority, "east", "web"));
    echo = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = echo.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException e) {
      assert echo.isClosed() : e;
    }
  }

  private static void echo(Socket accepted) {
    try (Socket socket = accepted) {
      socket.getOutputStream().write(socket.getInputStream().readAllBytes());
    } catch (IOException _) {
      // the caller broke off
    }
  }

  /** Starts the service and tells the callee where it is. */
  private void startService() throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new AuthorizationGrpc.AuthorizationImplBase() {
                  @Override
                  public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
                    asked.add(request.getAttributes());
                    answer.onNext(
                        CheckResponse.newBuilder()
                            .setStatus(
                                Status.newBuilder().setCode(allowing ? 0 : PERMISSION_DENIED))
                            .build());
                    answer.onCompleted();
                  }
                })
            .build()
            .start();
    keep(server::shutdownNow);
    callee
        .plane()
        .upstreams()
        .configure(Configs.application("authz", UpstreamConfig.Protocol.HTTP2, server.getPort()));
  }

  private EndpointConfig serve(
      Duration timeout, boolean passOnError, Optional<Access.Rule.Told> when, Access... access)
      throws IOException {
    return callee.serveBytes(
        "ledger",
        echo.getLocalPort(),
        Optional.of(
            new ConnectionAuthz(
                new ExtAuthzConfig.Service.Grpc("authz", "", timeout, Map.of()),
                passOnError,
                when)),
        access);
  }

  private int listen(boolean passOnError, Optional<Access.Rule.Told> when, Access... access)
      throws IOException {
    EndpointConfig endpoint = serve(Duration.ofSeconds(2), passOnError, when, access);
    return caller.callTcp(
        Configs.meshed(
            "ledger.shop:5432", UpstreamConfig.Protocol.TCP, TestProxy.STABILITY, callee.id()),
        Configs.group(0, endpoint));
  }

  private static String exchange(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** Whether the caller learns that it is not served; nothing may have reached the application. */
  private boolean isRefused(int port) {
    try {
      return exchange(port).isEmpty() && connections.get() == 0;
    } catch (IOException _) {
      return connections.get() == 0;
    }
  }

  @Test
  void whoeverIsAllowedPassesAndTheServiceSeesBothIdentities() throws Exception {
    startService();
    int port = listen(false, Optional.empty());
    assertThat(exchange(port)).isEqualTo("hello");
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().getSource().getPrincipal()).isEqualTo(caller.id().toString());
    assertThat(asked.getFirst().getDestination().getPrincipal()).isEqualTo(callee.id().toString());
    assertThat(asked.getFirst().getRequest().hasHttp()).isFalse();
  }

  @Test
  void whoeverIsDeniedIsCutOffAndNothingArrives() throws Exception {
    startService();
    allowing = false;
    int port = listen(true, Optional.empty());
    assertThat(isRefused(port)).isTrue();
    assertThat(asked).isNotEmpty();
  }

  @Test
  void withoutTheServiceItDependsOnWhatTheFilterSays() throws Exception {
    callee
        .plane()
        .upstreams()
        .configure(Configs.application("authz", UpstreamConfig.Protocol.HTTP2, FreePorts.next()));
    int closed = listen(false, Optional.empty());
    assertThat(isRefused(closed)).isTrue();
    int opened = listen(true, Optional.empty());
    assertThat(exchange(opened)).isEqualTo("hello");
  }

  @Test
  void onlyWhomTheRulesInTheShadowNameIsAskedAbout() throws Exception {
    startService();
    allowing = false;
    Access.Rule.Told rule =
        new Access.Rule.Told(
            "envoy.filters.network.rbac",
            List.of("ext_shadow_effective_policy_id"),
            new ValueMatch.Present(true),
            false);
    int named = listen(false, Optional.of(rule), shadow(8080));
    assertThat(isRefused(named)).isTrue();
    assertThat(asked).hasSize(1);
    int other = listen(false, Optional.of(rule), shadow(1));
    assertThat(exchange(other)).isEqualTo("hello");
    assertThat(asked).hasSize(1);
  }

  @Test
  void aConnectionUnderWayIsAskedAboutAgainWhenTheQuestionChanges() throws Exception {
    startService();
    int port = listen(false, Optional.empty());
    try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port)) {
      await().until(() -> connections.get() == 1);
      serve(Duration.ofSeconds(2), false, Optional.empty());
      serve(Duration.ofSeconds(3), false, Optional.empty());
      await().until(() -> asked.size() == 2);
      first.setSoTimeout(10_000);
      first.getOutputStream().write('x');

      allowing = false;
      serve(Duration.ofSeconds(4), false, Optional.empty());

      assertThatThrownBy(() -> first.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThat(asked).hasSize(3);
    }
  }

  private static Access shadow(int port) {
    Access.Policy custom =
        new Access.Policy(
            "custom", List.of(new Access.Rule.Any()), List.of(new Access.Rule.Port(port)));
    return new Access(Access.Action.DENY, List.of(custom), Optional.of("ext_"));
  }
}
