package dev.hawser.controlplane.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every state store promises; each implementation runs it. */
public abstract class StateStoreContract {
  /** Returns the store under test, empty at the beginning of each test. */
  protected abstract StateStore store();

  /** Returns a store that sees what another process would see now. */
  protected abstract StateStore reopened();

  @Test
  void aWrittenDocumentIsReadBackByteForByte() throws Exception {
    byte[] content = {0, 1, -1, 10, 13, 127};
    StoredDocument put = store().put(StateKind.MEMBERS, "west", content, StateStore.ABSENT);

    StoredDocument got = store().get(StateKind.MEMBERS, "west").orElseThrow();
    assertThat(got.content()).isEqualTo(content);
    assertThat(got.version()).isEqualTo(put.version());
    assertThat(got.key()).isEqualTo("west");
  }

  @Test
  void everyKindIsAPlaceOfItsOwn() {
    for (StateKind kind : StateKind.values()) {
      store().replace(kind, "same", kind.label().getBytes(UTF_8));
    }
    for (StateKind kind : StateKind.values()) {
      assertThat(store().list(kind)).extracting(StoredDocument::text).containsExactly(kind.label());
    }
  }

  @Test
  void aCreateOfAnExistingDocumentIsRefused() throws Exception {
    store().put(StateKind.TOKENS, "a", bytes("1"), StateStore.ABSENT);
    assertThatThrownBy(() -> store().put(StateKind.TOKENS, "a", bytes("2"), StateStore.ABSENT))
        .isInstanceOf(StaleVersionException.class)
        .hasMessageContaining("tokens/a");
    assertThat(text(StateKind.TOKENS, "a")).isEqualTo("1");
  }

  @Test
  void aWriteOverAChangedDocumentIsRefused() throws Exception {
    StoredDocument first = store().put(StateKind.SLOTS, "a", bytes("1"), StateStore.ABSENT);
    StoredDocument second = store().put(StateKind.SLOTS, "a", bytes("2"), first.version());
    assertThat(second.version()).isNotEqualTo(first.version());
    assertThatThrownBy(() -> store().put(StateKind.SLOTS, "a", bytes("3"), first.version()))
        .isInstanceOf(StaleVersionException.class);
    assertThat(text(StateKind.SLOTS, "a")).isEqualTo("2");
  }

  @Test
  void aWriteOverADeletedDocumentIsRefusedEvenIfItWasMadeAgain() throws Exception {
    StoredDocument first = store().put(StateKind.SLOTS, "a", bytes("1"), StateStore.ABSENT);
    store().delete(StateKind.SLOTS, "a", first.version());
    assertThatThrownBy(() -> store().put(StateKind.SLOTS, "a", bytes("2"), first.version()))
        .isInstanceOf(StaleVersionException.class);
    store().put(StateKind.SLOTS, "a", bytes("1"), StateStore.ABSENT);
    assertThatThrownBy(() -> store().put(StateKind.SLOTS, "a", bytes("3"), first.version()))
        .isInstanceOf(StaleVersionException.class);
  }

  @Test
  void aDeleteOfAChangedDocumentIsRefused() throws Exception {
    StoredDocument first = store().put(StateKind.TOKENS, "a", bytes("1"), StateStore.ABSENT);
    store().put(StateKind.TOKENS, "a", bytes("2"), first.version());
    assertThatThrownBy(() -> store().delete(StateKind.TOKENS, "a", first.version()))
        .isInstanceOf(StaleVersionException.class);
    store().remove(StateKind.TOKENS, "a");
    store().remove(StateKind.TOKENS, "a");
    assertThat(store().get(StateKind.TOKENS, "a")).isEmpty();
  }

  @Test
  void ofManyConcurrentWritersOfOneVersionExactlyOneWins() throws Exception {
    StoredDocument start = store().put(StateKind.TOKENS, "race", bytes("open"), StateStore.ABSENT);
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] mine = bytes("writer " + i);
      writers.add(() -> {
        try {
          store().put(StateKind.TOKENS, "race", mine, start.version());
          return true;
        } catch (StaleVersionException _) {
          return false;
        }
      });
    }
    int won = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (Future<Boolean> result : threads.invokeAll(writers)) {
        won += result.get() ? 1 : 0;
      }
    }
    assertThat(won).isEqualTo(1);
  }

  @Test
  void keysMayBeAnyTextAndAreListedInOrder() {
    List<String> keys =
        List.of("..", "/etc/passwd", "A", "a", "consul/dc1", "ä%", "spiffe://e/ns/s/sa/o");
    List<String> long200 = List.of("k".repeat(200), "ü".repeat(200));
    for (String key : keys) {
      store().replace(StateKind.REGISTRATIONS, key, bytes(key));
    }
    for (String key : long200) {
      store().replace(StateKind.REGISTRATIONS, key, bytes(key));
    }
    assertThat(store().list(StateKind.REGISTRATIONS))
        .hasSize(9)
        .isSortedAccordingTo((a, b) -> a.key().compareTo(b.key()))
        .allSatisfy(document -> assertThat(document.text()).isEqualTo(document.key()));
  }

  @Test
  void badKeysAndDocumentsThatAreTooLongAreRefusedByName() {
    assertThatThrownBy(() -> store().get(StateKind.TOKENS, ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().replace(StateKind.TOKENS, "a\nb", bytes("x")))
        .hasMessageContaining("control characters");
    byte[] large = new byte[StateStore.MAX_DOCUMENT + 1];
    assertThatThrownBy(() -> store().replace(StateKind.SLOTS, "big", large))
        .hasMessageContaining("slots/big")
        .hasMessageContaining(Integer.toString(large.length));
  }

  @Test
  void aDocumentOfTheGreatestLengthIsKept() {
    byte[] large = new byte[StateStore.MAX_DOCUMENT];
    Arrays.fill(large, (byte) 'x');
    store().replace(StateKind.SLOTS, "big", large);
    assertThat(store().get(StateKind.SLOTS, "big").orElseThrow().content()).isEqualTo(large);
  }

  @Test
  void whatWasAcknowledgedIsThereAfterARestart() {
    store().replace(StateKind.CLUSTER, "self", bytes("uuid"));
    store().replace(StateKind.AUTHORITIES, "root", bytes("secret"));
    StateStore again = reopened();
    assertThat(again.get(StateKind.CLUSTER, "self").orElseThrow().text()).isEqualTo("uuid");
    assertThat(again.get(StateKind.AUTHORITIES, "root").orElseThrow().text()).isEqualTo("secret");
    assertThat(again.damaged()).isEmpty();
  }

  private String text(StateKind kind, String key) {
    return store().get(kind, key).orElseThrow().text();
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
