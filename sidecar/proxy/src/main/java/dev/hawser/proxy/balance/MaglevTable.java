package dev.hawser.proxy.balance;

import dev.hawser.proxy.affinity.XxHash64;
import java.util.Arrays;
import java.util.List;

/**
 * A lookup table that endpoints fill in turn, each in its own order of preference (Eisenbud et al.,
 * "Maglev", NSDI 2016, section 3.4): one step to look up, nearly even, and nearly stable when an
 * endpoint comes or goes.
 */
final class MaglevTable implements HashTable {
  private static final int FREE = -1;

  private final int[] owners;

  private MaglevTable(int[] owners) {
    this.owners = owners;
  }

  /**
   * Builds.
   *
   * @param keys names of the endpoints
   * @param weights above 0
   * @param size a prime
   */
  static MaglevTable of(List<byte[]> keys, double[] weights, int size) {
    int hosts = keys.size();
    double most = Arrays.stream(weights).max().orElse(1);
    long[] place = new long[hosts];
    long[] skip = new long[hosts];
    double[] target = new double[hosts];
    for (int host = 0; host < hosts; host++) {
      byte[] key = keys.get(host);
      place[host] = Long.remainderUnsigned(XxHash64.of(key, 0, key.length, 0), size);
      skip[host] = Long.remainderUnsigned(XxHash64.of(key, 0, key.length, 1), size - 1) + 1;
    }
    int[] owners = new int[size];
    Arrays.fill(owners, FREE);
    int filled = 0;
    for (long round = 1; filled < size; round++) {
      for (int host = 0; host < hosts && filled < size; host++) {
        // The heaviest takes a turn in each round, one of a third of its weight in every third.
        if (round * weights[host] < target[host]) {
          continue;
        }
        target[host] += most;
        while (owners[(int) place[host]] != FREE) {
          place[host] = (place[host] + skip[host]) % size;
        }
        owners[(int) place[host]] = host;
        place[host] = (place[host] + skip[host]) % size;
        filled++;
      }
    }
    return new MaglevTable(owners);
  }

  @Override
  public int find(long hash) {
    return owners[(int) Long.remainderUnsigned(hash, owners.length)];
  }
}
