package dev.hawser.proxy.balance;

import dev.hawser.proxy.affinity.MurmurHash2;
import dev.hawser.proxy.affinity.XxHash64;
import dev.hawser.proxy.model.Balancing.HashFunction;
import dev.hawser.proxy.model.Balancing.Method.RingHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A ring of hashes with several places for each endpoint (ketama): the one after a request's hash
 * takes it. Another endpoint takes over only what lies before its own places.
 */
final class Ring implements HashTable {
  private final long[] hashes;
  private final int[] owners;

  private Ring(long[] hashes, int[] owners) {
    this.hashes = hashes;
    this.owners = owners;
  }

  /**
   * Builds, with the same places as Envoy.
   *
   * @param keys names of the endpoints
   * @param weights above 0, with the sum 1
   */
  static Ring of(List<byte[]> keys, double[] weights, RingHash by) {
    double least = Arrays.stream(weights).min().orElse(1);
    // The least weight gets a whole number of places, unless the ring would be too large.
    double scale = Math.min(Math.ceil(least * by.minSize()) / least, by.maxSize());
    int size = (int) Math.ceil(scale);
    long[] made = new long[size + keys.size()];
    int[] owner = new int[size + keys.size()];
    int count = 0;
    double target = 0;
    for (int host = 0; host < keys.size(); host++) {
      target += scale * weights[host];
      for (int place = 0; count < target; place++) {
        made[count] = hash(keys.get(host), place, by.function());
        owner[count] = host;
        count++;
      }
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Long.compareUnsigned(made[a], made[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Ring(
        Arrays.stream(order).mapToLong(i -> made[i]).toArray(),
        Arrays.stream(order).map(i -> owner[i]).toArray());
  }

  private static long hash(byte[] key, int place, HashFunction function) {
    byte[] suffix = ("_" + place).getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(key, key.length + suffix.length);
    System.arraycopy(suffix, 0, whole, key.length, suffix.length);
    return switch (function) {
      case XX_HASH -> XxHash64.of(whole, 0, whole.length, 0);
      case MURMUR_HASH_2 -> MurmurHash2.of(whole);
    };
  }

  @Override
  public int find(long hash) {
    int low = 0;
    int high = hashes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(hashes[middle], hash) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return owners[low == hashes.length ? 0 : low];
  }

  /** Returns how many places there are. */
  int size() {
    return hashes.length;
  }
}
