package dev.hawser.proxy.trace;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace: W3C Trace Context, level 1, and B3 with one header or several. What came in
 * B3 goes on in the same form, beside {@code traceparent}, which is always said.
 *
 * @param high half of the trace's identifier
 * @param low the other half
 * @param span identifier of the span
 * @param sampled null if the caller left the decision to us
 * @param state of {@code tracestate}, as it came; empty for none
 */
public record TraceContext(
    long high, long low, long span, @Nullable Boolean sampled, String state, Form form) {
  /** In which words, beside W3C's, it is said. */
  public enum Form {
    W3C,
    B3_SINGLE,
    B3_MULTI
  }

  /** What a caller has decided who names no trace. */
  static @Nullable Boolean decisionOf(Http2Headers head) {
    CharSequence single = head.get(B3);
    if (single != null) {
      return decision(single.toString());
    }
    CharSequence said = head.get(B3_SAMPLED);
    return said == null ? null : decision(said.toString());
  }

  static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
  static final AsciiString B3 = AsciiString.cached("b3");
  static final AsciiString B3_TRACE = AsciiString.cached("x-b3-traceid");
  static final AsciiString B3_SPAN = AsciiString.cached("x-b3-spanid");
  static final AsciiString B3_PARENT = AsciiString.cached("x-b3-parentspanid");
  static final AsciiString B3_SAMPLED = AsciiString.cached("x-b3-sampled");
  static final AsciiString B3_FLAGS = AsciiString.cached("x-b3-flags");

  private static final AsciiString YES = AsciiString.cached("1");
  private static final AsciiString NO = AsciiString.cached("0");

  /** W3C asks for at least this much to be passed on. */
  private static final int MAX_STATE = 512;

  /** {@code 00-}, 32 digits, {@code -}, 16, {@code -}, 2. */
  private static final int PARENT_LENGTH = 55;

  /**
   * Reads what a head says; what is malformed counts as not said.
   *
   * @return null if it belongs to no trace
   */
  static @Nullable TraceContext of(Http2Headers head) {
    CharSequence parent = head.get(TRACEPARENT);
    if (parent != null) {
      TraceContext w3c = head.getAll(TRACEPARENT).size() == 1 ? w3c(parent, state(head)) : null;
      if (w3c != null) {
        return w3c;
      }
    }
    CharSequence single = head.get(B3);
    if (single != null) {
      return single(single);
    }
    return head.contains(B3_TRACE) ? multi(head) : null;
  }

  private static @Nullable TraceContext w3c(CharSequence text, String state) {
    boolean shaped =
        text.length() >= PARENT_LENGTH
            && Hex.is(text, 0, 2, false)
            && text.charAt(2) == '-'
            && Hex.is(text, 3, 35, false)
            && text.charAt(35) == '-'
            && Hex.is(text, 36, 52, false)
            && text.charAt(52) == '-'
            && Hex.is(text, 53, 55, false);
    if (!shaped) {
      return null;
    }
    long version = Hex.read(text, 0, 2);
    boolean longer = text.length() > PARENT_LENGTH;
    if (version == 0xff || (version == 0 && longer) || (longer && text.charAt(55) != '-')) {
      return null;
    }
    boolean sampled = (Hex.read(text, 53, 55) & 1) != 0;
    return made(
        Hex.read(text, 3, 19),
        Hex.read(text, 19, 35),
        Hex.read(text, 36, 52),
        sampled,
        state,
        Form.W3C);
  }

  private static String state(Http2Headers head) {
    String state = String.join(",", head.getAll(TRACESTATE));
    return state.length() > MAX_STATE ? "" : state;
  }

  private static @Nullable TraceContext made(
      long high, long low, long span, @Nullable Boolean sampled, String state, Form form) {
    return (high | low) == 0 || span == 0
        ? null
        : new TraceContext(high, low, span, sampled, state, form);
  }

  /** {@code trace-span-sampled-parent}, of which the last two may be absent. */
  private static @Nullable TraceContext single(CharSequence text) {
    String[] parts = text.toString().split("-", -1);
    if (parts.length < 2 || parts.length > 4) {
      return null;
    }
    Boolean sampled = parts.length > 2 ? decision(parts[2]) : null;
    return b3(parts[0], parts[1], sampled, Form.B3_SINGLE);
  }

  private static @Nullable TraceContext multi(Http2Headers head) {
    CharSequence trace = head.get(B3_TRACE);
    CharSequence span = head.get(B3_SPAN);
    if (trace == null || span == null) {
      return null;
    }
    CharSequence said = head.get(B3_SAMPLED);
    boolean debug = AsciiString.contentEquals(YES, head.get(B3_FLAGS, NO));
    Boolean sampled = debug ? Boolean.TRUE : said == null ? null : decision(said.toString());
    return b3(trace, span, sampled, Form.B3_MULTI);
  }

  private static @Nullable Boolean decision(String word) {
    return switch (word) {
      case "1", "d", "true" -> Boolean.TRUE;
      case "0", "false" -> Boolean.FALSE;
      default -> null;
    };
  }

  private static @Nullable TraceContext b3(
      CharSequence trace, CharSequence span, @Nullable Boolean sampled, Form form) {
    int length = trace.length();
    boolean shaped =
        (length == 16 || length == 32)
            && Hex.is(trace, 0, length, true)
            && span.length() == 16
            && Hex.is(span, 0, 16, true);
    if (!shaped) {
      return null;
    }
    return made(
        length == 32 ? Hex.read(trace, 0, 16) : 0,
        Hex.read(trace, length - 16, length),
        Hex.read(span, 0, 16),
        sampled,
        "",
        form);
  }

  /** Whether spans of it are sent. */
  boolean isSampled() {
    return Boolean.TRUE.equals(sampled);
  }

  /** Returns the place of a span under this one. */
  TraceContext child(long newSpan, boolean decision) {
    return new TraceContext(high, low, newSpan, decision, state, form);
  }

  /** Returns the trace's identifier, 32 digits. */
  public String traceId() {
    byte[] text = new byte[32];
    Hex.put(text, 0, high);
    Hex.put(text, 16, low);
    return new AsciiString(text, false).toString();
  }

  /**
   * Says it in a head, in the place of what was said there.
   *
   * @param parent of the span; 0 for none
   */
  void put(Http2Headers head, long parent) {
    head.set(TRACEPARENT, traceparent());
    if (state.isEmpty()) {
      head.remove(TRACESTATE);
    } else {
      head.set(TRACESTATE, state);
    }
    switch (form) {
      case W3C -> {}
      case B3_SINGLE -> head.set(B3, single(parent));
      case B3_MULTI -> {
        head.set(B3_TRACE, high == 0 ? digits(low) : ids());
        head.set(B3_SPAN, digits(span));
        head.set(B3_SAMPLED, isSampled() ? YES : NO);
        head.remove(B3_FLAGS);
        if (parent == 0) {
          head.remove(B3_PARENT);
        } else {
          head.set(B3_PARENT, digits(parent));
        }
      }
    }
  }

  private AsciiString traceparent() {
    byte[] text = new byte[PARENT_LENGTH];
    text[0] = '0';
    text[1] = '0';
    text[2] = '-';
    Hex.put(text, 3, high);
    Hex.put(text, 19, low);
    text[35] = '-';
    Hex.put(text, 36, span);
    text[52] = '-';
    text[53] = '0';
    text[54] = (byte) (isSampled() ? '1' : '0');
    return new AsciiString(text, false);
  }

  private AsciiString ids() {
    byte[] text = new byte[32];
    Hex.put(text, 0, high);
    Hex.put(text, 16, low);
    return new AsciiString(text, false);
  }

  private static AsciiString digits(long id) {
    byte[] text = new byte[16];
    Hex.put(text, 0, id);
    return new AsciiString(text, false);
  }

  private String single(long parent) {
    String trace = (high == 0 ? digits(low) : ids()).toString();
    String text = trace + "-" + digits(span) + "-" + (isSampled() ? "1" : "0");
    return parent == 0 ? text : text + "-" + digits(parent);
  }
}
