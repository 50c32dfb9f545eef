package dev.hawser.trust.testing;

import dev.hawser.trust.token.TokenRecord;
import dev.hawser.trust.token.TokenStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token store that forgets with the process; keeps records as text, as a real one would. */
public final class MemoryTokenStore implements TokenStore {
  private final Map<String, String> records = new HashMap<>();
  private int writes;

  @Override
  public synchronized Optional<TokenRecord> find(String id) {
    return Optional.ofNullable(records.get(id)).map(TokenRecord::fromJson);
  }

  @Override
  public synchronized List<TokenRecord> list() {
    return records.values().stream().map(TokenRecord::fromJson).toList();
  }

  @Override
  public synchronized boolean compareAndUpdate(
      String id, @Nullable TokenRecord expected, @Nullable TokenRecord next) {
    String json = records.get(id);
    TokenRecord found = json == null ? null : TokenRecord.fromJson(json);
    if (!Objects.equals(found, expected)) {
      return false;
    }
    writes++;
    if (next == null) {
      records.remove(id);
    } else {
      records.put(id, next.toJson());
    }
    return true;
  }

  /** Returns how often something was changed. */
  public synchronized int writes() {
    return writes;
  }
}
