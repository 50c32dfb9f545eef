package dev.hawser.controlplane.enroll;

import dev.hawser.controlplane.state.StaleVersionException;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import dev.hawser.trust.token.TokenRecord;
import dev.hawser.trust.token.TokenStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Join tokens in the state store; the store's compare and set makes a redemption atomic. */
public final class StateTokenStore implements TokenStore {
  private final StateStore store;

  public StateTokenStore(StateStore store) {
    this.store = store;
  }

  @Override
  public Optional<TokenRecord> find(String id) {
    return store.get(StateKind.TOKENS, id).map(d -> TokenRecord.fromJson(d.text()));
  }

  @Override
  public List<TokenRecord> list() {
    return store.list(StateKind.TOKENS).stream()
        .map(document -> TokenRecord.fromJson(document.text()))
        .toList();
  }

  @Override
  public boolean compareAndUpdate(
      String id, @Nullable TokenRecord expected, @Nullable TokenRecord next) {
    Optional<StoredDocument> found = store.get(StateKind.TOKENS, id);
    Optional<TokenRecord> now = found.map(d -> TokenRecord.fromJson(d.text()));
    if (!now.equals(Optional.ofNullable(expected))) {
      return false;
    }
    String version = found.map(StoredDocument::version).orElse(StateStore.ABSENT);
    try {
      if (next != null) {
        byte[] content = next.toJson().getBytes(StandardCharsets.UTF_8);
        store.put(StateKind.TOKENS, id, content, version);
      } else if (found.isPresent()) {
        store.delete(StateKind.TOKENS, id, version);
      }
      return true;
    } catch (StaleVersionException _) {
      return false;
    }
  }
}
