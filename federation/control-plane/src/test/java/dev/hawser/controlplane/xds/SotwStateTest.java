package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a state-of-the-world client is told next. */
class SotwStateTest {
  private final FakeLookup resources = new FakeLookup();
  private final SotwState clusters = new SotwState(ResourceType.CLUSTER);
  private final SotwState endpoints = new SotwState(ResourceType.ENDPOINT);
  private int nonces;

  @Test
  void noNamesMeanEverythingAndAChangeBringsEverythingAgain() {
    resources.put("a", "1");
    resources.put("b", "1");
    ask(clusters);
    acknowledge(clusters, next(clusters));
    assertThat(silent(clusters)).isTrue();

    resources.put("b", "2");

    DiscoveryResponse response = next(clusters);
    assertThat(names(response)).containsExactly("a", "b");
    assertThat(clusters.lastSent()).containsExactly("b");
  }

  @Test
  void aNamedClusterThatEndsIsLeftOutOfTheNextResponse() {
    resources.put("a", "1");
    resources.put("b", "1");
    ask(clusters, "a", "b");
    acknowledge(clusters, next(clusters), "a", "b");

    resources.remove("a");

    DiscoveryResponse response = next(clusters);
    assertThat(names(response)).containsExactly("b");
    acknowledge(clusters, response, "a", "b");
    resources.remove("b");
    assertThat(names(next(clusters))).isEmpty();
  }

  @Test
  void aNamedClusterThatDoesNotExistIsAnsweredAtOnceByItsAbsence() {
    ask(clusters, "a");

    assertThat(names(next(clusters))).isEmpty();
  }

  @Test
  void onlyWhatIsNewIsSentOfTheTypesInParts() {
    resources.put("a", "1");
    resources.put("b", "1");
    ask(endpoints, "a", "b");
    acknowledge(endpoints, next(endpoints), "a", "b");
    resources.put("b", "2");

    assertThat(names(next(endpoints))).containsExactly("b");
  }

  @Test
  void aNameThatIsDroppedAndAskedForAgainIsSentAgain() {
    resources.put("a", "1");
    ask(endpoints, "a");
    DiscoveryResponse first = next(endpoints);
    acknowledge(endpoints, first, "a");
    acknowledge(endpoints, first);
    acknowledge(endpoints, first, "a");

    assertThat(names(next(endpoints))).containsExactly("a");
  }

  @Test
  void noNamesAfterSomeMeanNothing() {
    resources.put("a", "1");
    ask(clusters, "a");
    DiscoveryResponse first = next(clusters);
    acknowledge(clusters, first, "a");
    acknowledge(clusters, first);

    assertThat(names(next(clusters))).isEmpty();
  }

  @Test
  void aRefusedStateIsNotSentAgainUntilItIsAnother() {
    resources.put("a", "1");
    ask(clusters);
    refuse(clusters, next(clusters), "a is bad");

    assertThat(silent(clusters)).isTrue();
    assertThat(clusters.settled()).isFalse();
    assertThat(clusters.refusal()).isEqualTo("CDS: a is bad");

    resources.put("b", "1");
    acknowledge(clusters, next(clusters));
    assertThat(clusters.refusal()).isEmpty();
  }

  @Test
  void aRefusedPartIsNotSentAgainAndDoesNotHoldBackOthers() {
    resources.put("a", "1");
    ask(endpoints, "a");
    DiscoveryResponse first = next(endpoints);
    refuse(endpoints, first, "a is bad", "a");
    assertThat(silent(endpoints)).isTrue();

    resources.put("b", "1");
    acknowledge(endpoints, first, "a", "b");

    DiscoveryResponse second = next(endpoints);
    assertThat(names(second)).containsExactly("b");
    acknowledge(endpoints, second, "a", "b");
    assertThat(endpoints.refusal()).contains("a is bad");
  }

  @Test
  void aRequestThatCrossedWithAResponseIsLeftForTheAnswerToThatResponse() {
    resources.put("a", "1");
    resources.put("b", "1");
    ask(endpoints, "a");
    DiscoveryResponse first = next(endpoints);
    acknowledge(endpoints, first, "a");
    resources.put("a", "2");
    DiscoveryResponse second = next(endpoints);

    acknowledge(endpoints, first, "a", "b");
    assertThat(silent(endpoints)).isTrue();

    acknowledge(endpoints, second, "a", "b");
    assertThat(names(next(endpoints))).containsExactly("b");
  }

  @Test
  void aRepeatIsSentOnceMore() {
    resources.put("a", "1");
    ask(endpoints, "a");
    acknowledge(endpoints, next(endpoints), "a");

    endpoints.repeat(Set.of("a"));

    acknowledge(endpoints, next(endpoints), "a");
    assertThat(silent(endpoints)).isTrue();
  }

  private static void ask(SotwState state, String... names) {
    state.receive(DiscoveryRequest.newBuilder().addAllResourceNames(List.of(names)).build());
  }

  private DiscoveryResponse next(SotwState state) {
    return state.next(resources, Integer.toString(++nonces)).orElseThrow();
  }

  private boolean silent(SotwState state) {
    return state.next(resources, Integer.toString(++nonces)).equals(Optional.empty());
  }

  private static void acknowledge(SotwState state, DiscoveryResponse response, String... names) {
    state.receive(
        DiscoveryRequest.newBuilder()
            .setResponseNonce(response.getNonce())
            .setVersionInfo(response.getVersionInfo())
            .addAllResourceNames(List.of(names))
            .build());
  }

  private static void refuse(
      SotwState state, DiscoveryResponse response, String detail, String... names) {
    state.receive(
        DiscoveryRequest.newBuilder()
            .setResponseNonce(response.getNonce())
            .addAllResourceNames(List.of(names))
            .setErrorDetail(Status.newBuilder().setMessage(detail))
            .build());
  }

  private static List<String> names(DiscoveryResponse response) {
    List<String> names = new ArrayList<>();
    for (var resource : response.getResourcesList()) {
      try {
        names.add(Cluster.parseFrom(resource.getValue()).getName());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
    return names;
  }
}
