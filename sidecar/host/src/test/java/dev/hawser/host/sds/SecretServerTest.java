package dev.hawser.host.sds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.EnrolmentServer;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.host.identity.MovableClock;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecretServerTest {
  private final MovableClock clock = new MovableClock();
  private final TestAuthority authority = TestAuthority.create(clock);
  private final EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
  @TempDir private Path temporary;
  private EnrolmentServer enrolment;
  private IdentityClient identity;
  private SecretServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    enrolment = EnrolmentServer.start(authority);
    IdentityOptions.Timing fast =
        new IdentityOptions.Timing(
            Duration.ofMillis(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(30),
            Duration.ofMillis(200),
            Duration.ofMillis(50));
    identity =
        IdentityClient.open(
            IdentityOptions.of(temporary.resolve("data"))
                .with(new Attestation.TokenText(enrolment.token()))
                .withTiming(fast, clock));
    server = SecretServer.start(socket(), identity);
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket().toString()))
            .eventLoopGroup(loop)
            .channelType(EpollDomainSocketChannel.class)
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
    identity.close();
    enrolment.close();
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void aStreamGetsKeyAndBundlesAndTheNextKeyWhenItIsRenewed() throws Exception {
    Collected<DiscoveryResponse> answers = new Collected<>();
    StreamObserver<DiscoveryRequest> requests =
        SecretDiscoveryServiceGrpc.newStub(channel).streamSecrets(answers);
    requests.onNext(
        DiscoveryRequest.newBuilder()
            .setTypeUrl(SecretService.TYPE)
            .addAllResourceNames(List.of("default", "bundles"))
            .build());

    DiscoveryResponse first = answers.next();
    assertIsCurrentKey(first.getResources(0).unpack(Secret.class));
    Secret bundles = first.getResources(1).unpack(Secret.class);
    SPIFFECertValidatorConfig trust =
        bundles
            .getValidationContext()
            .getCustomValidatorConfig()
            .getTypedConfig()
            .unpack(SPIFFECertValidatorConfig.class);
    assertThat(trust.getTrustDomains(0).getName()).isEqualTo("east.mesh.internal");
    requests.onNext(
        DiscoveryRequest.newBuilder()
            .setTypeUrl(SecretService.TYPE)
            .addAllResourceNames(List.of("default", "bundles"))
            .setVersionInfo(first.getVersionInfo())
            .setResponseNonce(first.getNonce())
            .build());

    clock.advance(Duration.ofHours(18));

    DiscoveryResponse second = answers.next();
    assertThat(second.getResources(0)).isNotEqualTo(first.getResources(0));
    assertIsCurrentKey(second.getResources(0).unpack(Secret.class));
    assertThat(answers.more()).as("an acknowledgement is not answered").isFalse();
  }

  @Test
  void aDeltaStreamGetsOnlyWhatChanged() throws Exception {
    Collected<DeltaDiscoveryResponse> answers = new Collected<>();
    StreamObserver<DeltaDiscoveryRequest> requests =
        SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(answers);
    requests.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(SecretService.TYPE)
            .addAllResourceNamesSubscribe(List.of("default", "bundles", "nonsense"))
            .build());
    DeltaDiscoveryResponse first = answers.next();
    assertThat(first.getResourcesList())
        .extracting(resource -> resource.getName())
        .containsExactly("default", "bundles");
    assertThat(first.getRemovedResourcesList()).containsExactly("nonsense");

    identity.updateBundles(authority.bundles("east", "west"));

    DeltaDiscoveryResponse second = answers.next();
    assertThat(second.getResourcesList())
        .extracting(resource -> resource.getName())
        .containsExactly("bundles");
  }

  @Test
  void aKeyWhoseCertificateEndedIsWithdrawn() throws Exception {
    Collected<DeltaDiscoveryResponse> answers = new Collected<>();
    StreamObserver<DeltaDiscoveryRequest> requests =
        SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(answers);
    requests.onNext(
        DeltaDiscoveryRequest.newBuilder().addResourceNamesSubscribe("default").build());
    assertThat(answers.next().getResourcesCount()).isEqualTo(1);
    enrolment.close();

    clock.advance(Duration.ofHours(25));

    assertThat(answers.next().getRemovedResourcesList()).containsExactly("default");
  }

  @Test
  void theSocketIsForItsOwnerAloneAndGoesWithTheServer() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
        .isEqualTo("rw-------");
    assertThat(SameUserAcceptor.admits(1000, 1000)).isTrue();
    assertThat(SameUserAcceptor.admits(0, 1000)).isTrue();
    assertThat(SameUserAcceptor.admits(1001, 1000)).isFalse();
    server.close();
    assertThat(socket()).doesNotExist();
  }

  @Test
  void aLeftSocketIsReplacedAndAnotherFileIsNot() throws Exception {
    Path other = Files.writeString(temporary.resolve("file"), "precious");
    assertThatIOException()
        .isThrownBy(() -> SecretServer.start(other, identity))
        .withMessageContaining("not a socket");
    assertThat(other).hasContent("precious");
    assertThatIOException()
        .isThrownBy(() -> SecretServer.start(temporary.resolve("x".repeat(120)), identity))
        .withMessageContaining("107");
  }

  private void assertIsCurrentKey(Secret secret) {
    var svid = identity.svid().orElseThrow();
    assertThat(secret.getName()).isEqualTo("default");
    String chain = secret.getTlsCertificate().getCertificateChain().getInlineBytes().toStringUtf8();
    assertThat(Certificates.parsePem(chain)).isEqualTo(svid.chain());
    String key = secret.getTlsCertificate().getPrivateKey().getInlineBytes().toStringUtf8();
    assertThat(KeyMaterial.matches(KeyMaterial.privateKeyFromPem(key), svid.leaf())).isTrue();
  }

  private Path socket() {
    return temporary.resolve("sds.sock");
  }

  private static final class Collected<T> implements StreamObserver<T> {
    private final BlockingQueue<T> received = new LinkedBlockingQueue<>();

    T next() throws InterruptedException {
      T value = received.poll(10, TimeUnit.SECONDS);
      assertThat(value).as("an answer within 10 s").isNotNull();
      return value;
    }

    boolean more() throws InterruptedException {
      return received.poll(200, TimeUnit.MILLISECONDS) != null;
    }

    @Override
    public void onNext(T value) {
      received.add(value);
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
