package dev.hawser.proxy.authn;

import dev.hawser.proxy.jwt.Jwt;
import dev.hawser.proxy.jwt.KeySet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens whose signatures one worker has found good, the least used going first. */
final class TokenCache {
  private final int maxLength;
  private final Map<String, Known> entries;

  private record Known(Jwt jwt, KeySet keys) {}

  TokenCache(int size, int maxLength) {
    this.maxLength = maxLength;
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > size;
          }
        };
  }

  /** Returns the token if it was found good with these very keys. */
  @Nullable Jwt get(String token, KeySet keys) {
    Known entry = entries.get(token);
    return entry != null && entry.keys() == keys ? entry.jwt() : null;
  }

  void put(String token, Jwt jwt, KeySet keys) {
    if (token.length() <= maxLength) {
      entries.put(token, new Known(jwt, keys));
    }
  }
}
