package dev.hawser.host.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The latest answers of upstream resolvers, by all of the query but its id, so that flags and
 * options always match. Positive answers alone, for at most 60 s. For one thread.
 */
final class AnswerCache {
  private static final int MAX_ENTRIES = 1024;
  private static final int MAX_QUERY = 512;
  private static final int MAX_ANSWER = 4096;
  private static final long MAX_TTL = 60;
  private static final long NANOS = 1_000_000_000L;

  private final Map<Key, Kept> entries =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  /** All of a query but its id. */
  private static final class Key {
    private final byte[] query;
    private final int hash;

    Key(DnsQuery query) {
      byte[] message = query.message();
      this.query = Arrays.copyOfRange(message, 2, message.length);
      this.hash = Arrays.hashCode(this.query);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && Arrays.equals(query, key.query);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private static final class Kept {
    private final byte[] answer;
    private final List<Integer> ttlOffsets;
    private final long storedNanos;
    private final long ttl;

    Kept(byte[] answer, List<Integer> ttlOffsets, long storedNanos, long ttl) {
      this.answer = answer;
      this.ttlOffsets = ttlOffsets;
      this.storedNanos = storedNanos;
      this.ttl = ttl;
    }
  }

  /** Returns the answer under the query's id, its times to live counted down. */
  Optional<byte[]> find(DnsQuery query, long nowNanos) {
    if (query.message().length > MAX_QUERY) {
      return Optional.empty();
    }
    Key key = new Key(query);
    Kept entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    long age = (nowNanos - entry.storedNanos) / NANOS;
    if (age >= entry.ttl) {
      entries.remove(key);
      return Optional.empty();
    }
    byte[] answer = entry.answer.clone();
    answer[0] = query.message()[0];
    answer[1] = query.message()[1];
    for (int offset : entry.ttlOffsets) {
      writeU32(answer, offset, Math.max(0, readU32(answer, offset) - age));
    }
    return Optional.of(answer);
  }

  /** Keeps an answer if it may be kept. */
  void store(DnsQuery query, byte[] answer, long nowNanos) {
    boolean truncated = (answer[2] & 0x02) != 0;
    int rcode = answer[3] & 0x0F;
    if (query.message().length > MAX_QUERY
        || answer.length > MAX_ANSWER
        || truncated
        || rcode != 0
        || DnsQuery.u16(answer, 6) == 0) {
      return;
    }
    List<Integer> offsets = new ArrayList<>();
    long ttl = scan(answer, query.questionEnd(), offsets);
    if (ttl > 0) {
      entries.put(
          new Key(query), new Kept(answer.clone(), offsets, nowNanos, Math.min(ttl, MAX_TTL)));
    }
  }

  /** Returns the least time to live of all records, or 0 if the message cannot be read. */
  private static long scan(byte[] answer, int start, List<Integer> offsets) {
    int records = DnsQuery.u16(answer, 6) + DnsQuery.u16(answer, 8) + DnsQuery.u16(answer, 10);
    long least = Long.MAX_VALUE;
    int at = start;
    for (int i = 0; i < records; i++) {
      at = skipName(answer, at);
      if (at < 0 || at + 10 > answer.length) {
        return 0;
      }
      if (DnsQuery.u16(answer, at) != DnsQuery.TYPE_OPT) {
        offsets.add(at + 4);
        least = Math.min(least, readU32(answer, at + 4));
      }
      at += 10 + DnsQuery.u16(answer, at + 8);
    }
    return at == answer.length && least != Long.MAX_VALUE ? least : 0;
  }

  private static int skipName(byte[] message, int start) {
    int at = start;
    while (at < message.length) {
      int length = message[at] & 0xFF;
      if (length == 0) {
        return at + 1;
      }
      if (length >= 0xC0) {
        return at + 2;
      }
      at += 1 + length;
    }
    return -1;
  }

  private static long readU32(byte[] bytes, int at) {
    return (long) DnsQuery.u16(bytes, at) << 16 | DnsQuery.u16(bytes, at + 2);
  }

  private static void writeU32(byte[] bytes, int at, long value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }
}
