package dev.hawser.proxy.affinity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash64A with the seed of GNU's {@code std::hash}, as Envoy uses it for rings. Pure. */
public final class MurmurHash2 {
  private static final long MULTIPLIER = 0xC6A4A7935BD1E995L;
  private static final long SEED = 0xC70F6907L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private MurmurHash2() {}

  /** Returns the hash. */
  public static long of(byte[] data) {
    int whole = data.length & ~7;
    long hash = SEED ^ (data.length * MULTIPLIER);
    for (int at = 0; at < whole; at += 8) {
      hash = (hash ^ mixed((long) LONGS.get(data, at) * MULTIPLIER) * MULTIPLIER) * MULTIPLIER;
    }
    if (whole < data.length) {
      long rest = 0;
      for (int at = data.length - 1; at >= whole; at--) {
        rest = (rest << 8) | (data[at] & 0xFF);
      }
      hash = (hash ^ rest) * MULTIPLIER;
    }
    return mixed(mixed(hash) * MULTIPLIER);
  }

  private static long mixed(long value) {
    return value ^ value >>> 47;
  }
}
