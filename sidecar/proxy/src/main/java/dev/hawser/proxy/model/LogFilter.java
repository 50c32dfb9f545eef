package dev.hawser.proxy.model;

import java.util.List;
import java.util.Set;

/** Which requests have a line in an access log. */
public sealed interface LogFilter {
  /** How numbers are compared. */
  enum Op {
    EQ,
    GE,
    LE;

    /** Whether a value stands so to another. */
    public boolean test(long value, long to) {
      return switch (this) {
        case EQ -> value == to;
        case GE -> value >= to;
        case LE -> value <= to;
      };
    }
  }

  /** The status of the response; 0 if there was none. */
  record Status(Op op, long value) implements LogFilter {}

  /** How long it took, in milliseconds. */
  record Millis(Op op, long value) implements LogFilter {}

  /** Every request: no health check is answered here. */
  record NoHealthCheck() implements LogFilter {}

  /** Those whose trace is sampled. */
  record Traced() implements LogFilter {}

  /** A share of them. */
  record Share(Fraction share) implements LogFilter {}

  /** Those that pass all. */
  record And(List<LogFilter> all) implements LogFilter {
    public And {
      all = List.copyOf(all);
    }
  }

  /** Those that pass any. */
  record Or(List<LogFilter> any) implements LogFilter {
    public Or {
      any = List.copyOf(any);
    }
  }

  /** A header of the request. */
  record Header(FieldMatch match) implements LogFilter {}

  /** Those with one of these flags; none stands for any flag. */
  record Flags(Set<String> any) implements LogFilter {
    public Flags {
      any = Set.copyOf(any);
    }
  }

  /**
   * The status of gRPC; what has none is judged by that of HTTP.
   *
   * @param exclude whether those with another status are meant
   */
  record Grpc(Set<Integer> statuses, boolean exclude) implements LogFilter {
    public Grpc {
      statuses = Set.copyOf(statuses);
    }
  }
}
