package dev.hawser.host.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdentityClientTest {
  private static final IdentityOptions.Timing FAST =
      new IdentityOptions.Timing(
          Duration.ofMillis(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(30),
          Duration.ofMillis(200),
          Duration.ofMillis(50));

  private final MovableClock clock = new MovableClock();
  private final TestAuthority authority = TestAuthority.create(clock);
  @TempDir private Path temporary;

  @Test
  void keyAndCertificateAreForTheOwnerAloneAndTheTokenIsNotKept() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority)) {
      String token = server.token();
      try (IdentityClient client = IdentityClient.open(options().with(text(token)))) {
        assertThat(client.svid().map(Svid::id)).contains(EnrolmentServer.WEB);
        assertThat(client.enrolment().network()).isEqualTo("east-net");
        assertThat(client.controlPlane()).containsExactly(server.address());
        assertThat(client.bundles().digest()).isEqualTo(authority.bundles("east").digest());
      }
      assertThat(mode(dataDir())).isEqualTo("rwx------");
      try (Stream<Path> files = Files.walk(dataDir())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
          assertThat(Files.readString(file)).as(file.toString()).doesNotContain("A".repeat(43));
        }
      }
    }
  }

  @Test
  void aServerUnderAnotherRootGetsNothing() throws Exception {
    TestAuthority stranger = TestAuthority.create(clock);
    try (EnrolmentServer server = EnrolmentServer.start(stranger)) {
      String token = EnrolmentServer.token(authority, server.address());
      assertThatExceptionOfType(IdentityException.class)
          .isThrownBy(() -> IdentityClient.open(options().with(text(token))))
          .satisfies(e -> {
            assertThat(e.code()).isEqualTo(IdentityException.NOT_TRUSTED);
            assertThat(e).hasMessageContaining(server.address()).hasMessageContaining("east");
            assertThat(e.hint()).contains("nothing was sent");
          });
      assertThat(server.enrolments).hasValue(0);
      assertThat(server.serverNames).isNotEmpty();
    }
  }

  @Test
  void aServerThatIsAnotherWorkloadOfTheClusterGetsNothing() throws Exception {
    Svid web = authority.workload("east", "shop", "web");
    List<java.security.cert.X509Certificate> chain = new java.util.ArrayList<>(web.chain());
    chain.add(authority.root().certificate());
    ServerKeys keys = ServerKeys.of(new Svid(web.id(), web.privateKey(), chain));
    try (EnrolmentServer server = EnrolmentServer.start(authority, 0, keys)) {
      assertThatExceptionOfType(IdentityException.class)
          .isThrownBy(() -> IdentityClient.open(options().with(text(server.token()))))
          .satisfies(e -> assertThat(e.code()).isEqualTo(IdentityException.NOT_TRUSTED));
      assertThat(server.enrolments).hasValue(0);
    }
  }

  @Test
  void aRefusalComesAtOnceWithItsCodeAndWhatToDo() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority)) {
      server.refusal = "token-used";
      assertThatExceptionOfType(IdentityException.class)
          .isThrownBy(() -> IdentityClient.open(options().with(text(server.token()))))
          .satisfies(e -> {
            assertThat(e.code()).isEqualTo("token-used");
            assertThat(e).hasMessage("the token was used before");
            assertThat(e.hint()).isEqualTo("ask anew");
          });
      assertThat(server.enrolments).hasValue(1);
    }
  }

  @Test
  void aTokenThatIsCutOffIsRefusedWithoutAskingAnybody() {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> IdentityClient.open(options().with(text("hwsr1.eyJ"))))
        .satisfies(e -> assertThat(e.code()).isEqualTo("token-malformed"));
  }

  @Test
  void aNewIntermediateOfTheClusterIsFollowedSoonAndOnce() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      var first = client.svid().orElseThrow();
      client.issuerIs(first.chain().getLast().getSerialNumber());
      var next = authority.renewIntermediate("east").intermediate();

      client.issuerIs(next.getSerialNumber());

      await().until(() -> client.svid().orElseThrow().chain().getLast().equals(next));
      assertThat(client.status().issuer())
          .isEqualTo(Certificates.serialHex(next.getSerialNumber()));
      assertThat(client.status().serial())
          .isNotEqualTo(Certificates.serialHex(first.leaf().getSerialNumber()));
      client.issuerIs(next.getSerialNumber());
      await().during(Duration.ofMillis(300)).until(() -> server.renewals.get() == 1);
    }
  }

  @Test
  void anIntermediateThatDoesNotSignYetIsAskedForWithPauses() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      client.issuerIs(BigInteger.TWO);
      await()
          .during(Duration.ofMillis(600))
          .atMost(Duration.ofSeconds(5))
          .until(() -> server.renewals.get() < 12);
      assertThat(client.svid()).isPresent();
    }
  }

  @Test
  void aRestartNeedsNeitherTokenNorControlPlane() throws Exception {
    enrolled();
    try (IdentityClient client = IdentityClient.open(options())) {
      assertThat(client.svid().map(Svid::id)).contains(EnrolmentServer.WEB);
      assertThat(client.enrolment().network()).isEqualTo("east-net");
      assertThat(client.bundles().digest()).isEqualTo(authority.bundles("east").digest());
    }
  }

  @Test
  void enrolmentWaitsForAControlPlaneThatIsAway() throws Exception {
    int port = FreePorts.next();
    String token = EnrolmentServer.token(authority, "127.0.0.1:" + port);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IdentityClient> opening =
          executor.submit(() -> IdentityClient.open(options().with(text(token))));
      assertThat(opening).isNotDone();
      try (EnrolmentServer _ = EnrolmentServer.start(authority, port);
          IdentityClient client = opening.get(20, TimeUnit.SECONDS)) {
        assertThat(client.svid()).isPresent();
      }
    }
  }

  @Test
  void joiningOnceSaysThatNobodyAnswers() throws Exception {
    String token = EnrolmentServer.token(authority, "127.0.0.1:" + FreePorts.next());
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> IdentityClient.join(options().with(text(token))))
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo(IdentityException.UNREACHABLE);
          assertThat(e).hasMessageContaining("Connection refused");
        });
  }

  @Test
  void itRenewsWithANewKeyBeforeTheEndAndKeepsItOnDisk() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      Svid first = client.svid().orElseThrow();
      AtomicInteger changes = new AtomicInteger();
      client.onChange(changes::incrementAndGet);
      clock.advance(Duration.ofHours(14));
      Thread.sleep(100);
      assertThat(server.renewals).hasValue(0);

      clock.advance(Duration.ofHours(4));

      await().until(() -> !first.equals(client.svid().orElseThrow()));
      Svid second = client.svid().orElseThrow();
      assertThat(second.leaf().getPublicKey()).isNotEqualTo(first.leaf().getPublicKey());
      assertThat(second.id()).isEqualTo(first.id());
      await().untilAtomic(changes, org.hamcrest.Matchers.greaterThanOrEqualTo(1));
      assertThat(IdentityClient.stored(options()).orElseThrow().expires())
          .isEqualTo(second.notAfter());
      assertThat(client.status().trouble()).isEmpty();
    }
  }

  @Test
  void aCertificateThatEndedIsNotShownAndTheStatusSaysWhy() throws Exception {
    EnrolmentServer server = EnrolmentServer.start(authority);
    String address = server.address();
    try (IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      AtomicInteger changes = new AtomicInteger();
      client.onChange(changes::incrementAndGet);
      server.close();
      clock.advance(Duration.ofHours(18));
      await().until(() -> client.status().trouble().isPresent());
      assertThat(client.svid()).as("still valid for 6 hours").isPresent();
      assertThat(client.status().trouble().orElseThrow()).contains(address);

      clock.advance(Duration.ofHours(7));

      assertThat(client.svid()).isEmpty();
      assertThat(client.status().expired()).isTrue();
      await().untilAtomic(changes, org.hamcrest.Matchers.equalTo(1));
      assertThatExceptionOfType(IdentityException.class)
          .isThrownBy(() -> client.openChannel(address));
    }
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> IdentityClient.open(options()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(IdentityException.EXPIRED));
  }

  @Test
  void itRenewsAtOnceWhenTheCurrentRootIsNotItsOwn() throws Exception {
    TestAuthority next = TestAuthority.create(clock);
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      server.issuer = next;
      server.bundles = east(next, authority);

      client.updateBundles(east(next, authority));

      await()
          .until(() ->
              client
                  .svid()
                  .orElseThrow()
                  .chain()
                  .getLast()
                  .equals(next.cluster("east").intermediate()));
      assertThat(server.renewals).hasValue(1);
    }
  }

  @Test
  void aControlPlaneThatStillSignsUnderTheOldRootIsNotAskedInALoop() throws Exception {
    TestAuthority next = TestAuthority.create(clock);
    IdentityOptions.Timing slowRetry =
        new IdentityOptions.Timing(
            Duration.ofMillis(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofMillis(50));
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client =
            IdentityClient.open(
                options().with(text(server.token())).withTiming(slowRetry, clock))) {
      server.bundles = east(next, authority);
      client.updateBundles(east(next, authority));
      await().untilAtomic(server.renewals, org.hamcrest.Matchers.equalTo(1));
      Thread.sleep(200);
      assertThat(server.renewals).hasValue(1);
    }
  }

  @Test
  void aServerThatMovedToANewRootIsReachedUnderTheNameOfTheOldOne() throws Exception {
    enrolled();
    TestAuthority next = TestAuthority.create(clock);
    ServerKeys keys =
        ServerKeys.of(EnrolmentServer.controlPlane(next))
            .with(
                "r" + authority.root().pin().substring(0, 16),
                EnrolmentServer.controlPlane(authority));
    try (EnrolmentServer server = EnrolmentServer.start(authority, 0, keys);
        IdentityClient client =
            IdentityClient.open(options().withControlPlane(List.of(server.address())))) {
      server.issuer = next;
      server.bundles = east(next, authority);
      clock.advance(Duration.ofHours(18));
      await()
          .until(() ->
              client
                  .bundles()
                  .find(EnrolmentServer.WEB.trustDomain())
                  .orElseThrow()
                  .roots()
                  .getFirst()
                  .equals(next.root().certificate()));
      assertThat(server.serverNames.getFirst()).isEqualTo("control-plane.east.mesh.internal");
      assertThat(client.svid()).isPresent();
    }
  }

  @Test
  void bundlesThatWouldCutItOffAreRefusedAndOthersSurviveARestart() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = IdentityClient.open(options().with(text(server.token())))) {
      client.updateBundles(authority.bundles("west"));
      TrustBundles both = authority.bundles("east", "west");
      client.updateBundles(both);
      await().until(() -> client.bundles().digest().equals(both.digest()));
    }
    try (IdentityClient client = IdentityClient.open(options())) {
      assertThat(client.bundles().bundles()).hasSize(2);
    }
  }

  @Test
  void aTokenOfAnotherClusterDoesNotTakeOverADataDirectory() throws Exception {
    enrolled();
    String west =
        new dev.hawser.trust.token.JoinToken(
                dev.hawser.trust.token.TokenKind.WORKLOAD,
                "0123456789abcdef",
                "A".repeat(43),
                "west",
                TestAuthority.MESH_DOMAIN,
                List.of("127.0.0.1:1"),
                List.of(),
                authority.root().pin(),
                clock.instant().plusSeconds(900).truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                "")
            .text();
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> IdentityClient.open(options().with(text(west))))
        .satisfies(e -> assertThat(e.code()).isEqualTo(IdentityException.OTHER_CLUSTER));
  }

  @Test
  void withNothingOnDiskAndNoTokenItSaysSo() {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> IdentityClient.open(options()))
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo(IdentityException.ABSENT);
          assertThat(e.hint()).contains("hawser token issue");
        });
  }

  @Test
  void aKubernetesTokenIsSentOnlyToAServerUnderTheGivenRoots() throws Exception {
    Path tokenFile = Files.writeString(temporary.resolve("token"), "ey.service.account");
    Path roots =
        Files.writeString(temporary.resolve("roots.pem"), authority.root().certificatePem());
    try (EnrolmentServer stranger = EnrolmentServer.start(TestAuthority.create(clock));
        EnrolmentServer server = EnrolmentServer.start(authority)) {
      Attestation attestation =
          new Attestation.KubernetesToken(
              tokenFile,
              roots,
              new dev.hawser.api.naming.ClusterName("east", TestAuthority.MESH_DOMAIN),
              List.of(stranger.address(), server.address()));
      try (IdentityClient client = IdentityClient.open(options().with(attestation))) {
        assertThat(client.svid()).isPresent();
        assertThat(stranger.enrolments).hasValue(0);
      }
    }
  }

  private static TrustBundles east(TestAuthority current, TestAuthority previous) {
    return TrustBundles.of(
        new TrustBundle(
            EnrolmentServer.WEB.trustDomain(),
            List.of(current.root().certificate(), previous.root().certificate()),
            2));
  }

  private void enrolled() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority)) {
      IdentityClient.join(options().with(text(server.token())));
    }
  }

  private Path dataDir() {
    return temporary.resolve("data");
  }

  private IdentityOptions options() {
    return IdentityOptions.of(dataDir()).withTiming(FAST, clock);
  }

  private static Attestation text(String token) {
    return new Attestation.TokenText(token);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
