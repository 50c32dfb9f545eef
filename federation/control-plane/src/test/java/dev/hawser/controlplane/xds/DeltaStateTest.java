package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an incremental client is told next. */
class DeltaStateTest {
  private final FakeLookup resources = new FakeLookup();
  private final DeltaState state = new DeltaState(ResourceType.CLUSTER);
  private int nonces;

  @Test
  void aNameIsAnsweredWithItsResource() {
    resources.put("a", "1");
    subscribe("a");

    assertThat(names(next())).containsExactly("a");
    assertThat(state.lastSent()).containsExactly("a");
  }

  @Test
  void aNameThatIsNothingIsReportedGoneOnceAndComesWhenItExists() {
    subscribe("a");

    DeltaDiscoveryResponse gone = next();
    assertThat(gone.getRemovedResourcesList()).containsExactly("a");
    acknowledge(gone);
    assertThat(silent()).isTrue();

    resources.put("a", "1");
    assertThat(names(next())).containsExactly("a");
  }

  @Test
  void aResourceThatEndsIsReportedRemovedByName() {
    resources.put("a", "1");
    subscribe("a");
    acknowledge(next());

    resources.remove("a");

    assertThat(next().getRemovedResourcesList()).containsExactly("a");
  }

  @Test
  void aWildcardClientHearsOfAdditionsChangesAndRemovals() {
    resources.put("a", "1");
    resources.put("b", "1");
    state.receive(DeltaDiscoveryRequest.getDefaultInstance());
    acknowledge(next());

    resources.put("a", "2");
    resources.remove("b");
    resources.put("c", "1");

    DeltaDiscoveryResponse response = next();
    assertThat(names(response)).containsExactly("a", "c");
    assertThat(response.getRemovedResourcesList()).containsExactly("b");
    acknowledge(response);
    assertThat(silent()).isTrue();
  }

  @Test
  void aTypeThatIsNotWholeStateHasNoWildcardByDefault() {
    DeltaState endpoints = new DeltaState(ResourceType.ENDPOINT);
    resources.put("a", "1");
    endpoints.receive(DeltaDiscoveryRequest.getDefaultInstance());

    assertThat(endpoints.next(resources, "1").orElseThrow().getResourcesCount()).isZero();
  }

  @Test
  void aStarMeansEverythingBesideNames() {
    resources.put("a", "1");
    resources.hide("by-name", "1");
    subscribe("*", "by-name");

    assertThat(names(next())).containsExactly("a", "by-name");
  }

  @Test
  void theFirstRequestIsAnsweredEvenWhenThereIsNothingToSay() {
    state.receive(DeltaDiscoveryRequest.getDefaultInstance());

    DeltaDiscoveryResponse empty = next();
    assertThat(empty.getResourcesCount()).isZero();
    assertThat(empty.getRemovedResourcesCount()).isZero();
    acknowledge(empty);
    assertThat(silent()).isTrue();
  }

  @Test
  void aRefusedResourceIsNotSentAgainUntilItIsAnother() {
    resources.put("a", "1");
    subscribe("a");
    refuse(next(), "a: field x");

    assertThat(silent()).isTrue();
    assertThat(state.settled()).isFalse();
    assertThat(state.refusal()).isEqualTo("CDS: a: field x");

    resources.put("a", "2");
    acknowledge(next());
    assertThat(state.refusal()).isEmpty();
    assertThat(state.settled()).isTrue();
  }

  @Test
  void aRefusalDoesNotHoldBackOtherResources() {
    resources.put("a", "1");
    subscribe("a");
    refuse(next(), "a is bad");
    resources.put("b", "1");
    subscribe("b");

    DeltaDiscoveryResponse response = next();
    assertThat(names(response)).containsExactly("b");
    acknowledge(response);
    assertThat(state.refusal()).contains("a is bad");
  }

  @Test
  void afterARefusalTheOldContentIsSentAgainSinceTheClientMayHaveTakenTheNew() {
    resources.put("a", "1");
    subscribe("a");
    acknowledge(next());
    resources.put("a", "2");
    refuse(next(), "no");

    resources.put("a", "1");

    assertThat(names(next())).containsExactly("a");
  }

  @Test
  void aRefusedResourceThatEndsIsReportedRemoved() {
    resources.put("a", "1");
    subscribe("a");
    refuse(next(), "no");
    resources.remove("a");

    DeltaDiscoveryResponse gone = next();
    assertThat(gone.getRemovedResourcesList()).containsExactly("a");
    acknowledge(gone);
    assertThat(state.refusal()).isEmpty();
  }

  @Test
  void anUnansweredResponseHoldsBackTheNextAndChangesBetweenAreSkipped() {
    resources.put("a", "1");
    subscribe("a");
    DeltaDiscoveryResponse first = next();
    resources.put("a", "2");
    assertThat(silent()).isTrue();
    resources.put("a", "3");
    assertThat(silent()).isTrue();

    acknowledge(first);

    assertThat(next().getResources(0).getVersion()).isEqualTo(resources.version("a"));
  }

  @Test
  void anAnswerToAnOldNonceIsNoAnswer() {
    resources.put("a", "1");
    subscribe("a");
    next();
    state.receive(DeltaDiscoveryRequest.newBuilder().setResponseNonce("no such").build());

    assertThat(state.settled()).isFalse();
    assertThat(silent()).isTrue();
  }

  @Test
  void aClientThatComesBackIsSentOnlyWhatDiffersFromWhatItHolds() {
    resources.put("same", "1");
    resources.put("changed", "2");
    state.receive(
        DeltaDiscoveryRequest.newBuilder()
            .addAllResourceNamesSubscribe(List.of("same", "changed", "gone"))
            .putAllInitialResourceVersions(
                Map.of("same", resources.version("same"), "changed", "old", "gone", "old"))
            .build());

    DeltaDiscoveryResponse response = next();
    assertThat(names(response)).containsExactly("changed");
    assertThat(response.getRemovedResourcesList()).containsExactly("gone");
  }

  @Test
  void aWildcardClientThatComesBackIsToldWhatEndedMeanwhile() {
    resources.put("a", "1");
    state.receive(
        DeltaDiscoveryRequest.newBuilder()
            .addResourceNamesSubscribe("*")
            .putInitialResourceVersions("b", "1")
            .build());

    DeltaDiscoveryResponse response = next();
    assertThat(names(response)).containsExactly("a");
    assertThat(response.getRemovedResourcesList()).containsExactly("b");
  }

  @Test
  void aNameThatIsAskedForAgainIsSentAgain() {
    resources.put("a", "1");
    subscribe("a");
    acknowledge(next());

    subscribe("a");

    assertThat(names(next())).containsExactly("a");
  }

  @Test
  void aRefusedNameThatIsAskedForAgainIsNotSentAgain() {
    resources.put("a", "1");
    subscribe("a");
    refuse(next(), "no");

    subscribe("a");

    assertThat(silent()).isTrue();
  }

  @Test
  void anUnsubscribedNameIsNotSentAnyMore() {
    resources.put("a", "1");
    subscribe("a");
    acknowledge(next());
    state.receive(DeltaDiscoveryRequest.newBuilder().addResourceNamesUnsubscribe("a").build());
    resources.put("a", "2");
    assertThat(silent()).isTrue();

    subscribe("a");
    assertThat(names(next())).containsExactly("a");
  }

  @Test
  void aRepeatGoesOnlyToWhoIsSubscribed() {
    resources.put("a", "1");
    subscribe("a");
    acknowledge(next());

    state.repeat(Set.of("a", "b"));

    assertThat(names(next())).containsExactly("a");
  }

  @Test
  void aClientCannotSubscribeWithoutLimit() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= Names.MAX_NAMES; i++) {
                subscribe("name-" + i);
              }
            })
        .isInstanceOf(SubscriptionRefusedException.class)
        .hasMessageContaining("10000");
    assertThatThrownBy(() -> subscribe("x".repeat(Names.MAX_LENGTH + 1)))
        .isInstanceOf(SubscriptionRefusedException.class);
  }

  private void subscribe(String... names) {
    state.receive(
        DeltaDiscoveryRequest.newBuilder().addAllResourceNamesSubscribe(List.of(names)).build());
  }

  private DeltaDiscoveryResponse next() {
    return state.next(resources, Integer.toString(++nonces)).orElseThrow();
  }

  private boolean silent() {
    return state.next(resources, Integer.toString(++nonces)).equals(Optional.empty());
  }

  private void acknowledge(DeltaDiscoveryResponse response) {
    state.receive(DeltaDiscoveryRequest.newBuilder().setResponseNonce(response.getNonce()).build());
  }

  private void refuse(DeltaDiscoveryResponse response, String detail) {
    state.receive(
        DeltaDiscoveryRequest.newBuilder()
            .setResponseNonce(response.getNonce())
            .setErrorDetail(Status.newBuilder().setMessage(detail))
            .build());
  }

  private static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }
}
