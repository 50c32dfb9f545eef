package dev.hawser.controlplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Policies are kept, and each document has its own outcome. */
class PolicyBookTest {
  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: orders, namespace: shop}
      spec: {host: orders, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
      """;
  private static final String CHANGED = RULE.replace("RANDOM", "ROUND_ROBIN");

  private final MemoryStateStore store = new MemoryStateStore();
  private final AtomicInteger changes = new AtomicInteger();
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final PolicyBook book = open();

  @Test
  void aDocumentIsCreatedThenUnchangedThenConfiguredThenDeleted() {
    assertThat(outcomes(book.apply(RULE, false, false))).containsExactly("created");
    assertThat(outcomes(book.apply(RULE, false, false))).containsExactly("unchanged");
    now = now.plusSeconds(60);
    assertThat(outcomes(book.apply(CHANGED, false, false))).containsExactly("configured");
    assertThat(book.policies().getFirst().created()).isEqualTo(now.minusSeconds(60));
    assertThat(changes).hasValue(2);
    assertThat(outcomes(book.apply(RULE, true, false))).containsExactly("deleted");
    assertThat(outcomes(book.apply(RULE, true, false))).containsExactly("unchanged");
    assertThat(book.policies()).isEmpty();
    assertThat(changes).hasValue(3);
  }

  @Test
  void whatWasAppliedIsThereAfterARestart() {
    book.apply(RULE, false, false);

    assertThat(open().policies()).isEqualTo(book.policies()).hasSize(1);
  }

  @Test
  void aBadDocumentDoesNotStopTheOthers() {
    ApplyReport report = book.apply("{not yaml: [\n---\nkind: Toaster\n---\n" + RULE, false, false);

    assertThat(outcomes(report)).containsExactly("refused", "refused", "created");
    assertThat(report.items().getFirst().messages().getFirst())
        .startsWith("document 1: not YAML at line");
    assertThat(book.policies()).hasSize(1);
  }

  @Test
  void aDryRunAnswersTheSameAndChangesNothing() {
    assertThat(outcomes(book.apply(RULE, false, true))).containsExactly("created");
    assertThat(book.policies()).isEmpty();
    assertThat(open().policies()).isEmpty();
    assertThat(changes).hasValue(0);
  }

  @Test
  void whatHasNoEffectIsSaid() {
    assertThat(book.apply(RULE, false, false).items().getFirst().messages())
        .containsExactly("DestinationRule shop/orders is not heard.");
  }

  @Test
  void aKeyThatIsGivenTwiceIsRefused() {
    assertThat(outcomes(book.apply(RULE + "kind: DestinationRule\n", false, false)))
        .containsExactly("refused");
  }

  @Test
  void anEmptyStreamIsRefused() {
    assertThat(outcomes(book.apply("# nothing\n---\n", false, false))).containsExactly("refused");
  }

  private PolicyBook open() {
    return new PolicyBook(
        store,
        "default",
        policy -> List.of(policy.key() + " is not heard."),
        () -> now,
        changes::incrementAndGet);
  }

  private static List<String> outcomes(ApplyReport report) {
    return report.items().stream().map(ApplyReport.Item::outcome).toList();
  }
}
