package dev.hawser.proxy.http;

/**
 * Why a request could not be completed on a connection.
 *
 * @param detail a sentence fragment for logs
 * @param silentNanos how long the peer had been silent when it was given up; 0 if it said something
 */
public record StreamFailure(Kind kind, String detail, long silentNanos) {
  /** Makes a failure that did not show by silence. */
  public StreamFailure(Kind kind, String detail) {
    this(kind, detail, 0);
  }

  /** The kinds, by what they mean for trying again. */
  public enum Kind {
    /** No connection came about, quickly: refused, no route, reset at once. */
    CONNECT("UF", true),
    /** The address stayed silent when we tried to connect. */
    CONNECT_TIMEOUT("UF", true),
    /** The address took the connection but stayed silent in the TLS handshake. */
    TLS_TIMEOUT("UF", true),
    /** The TLS handshake failed, or the peer's identity is not one that may serve. */
    TLS("UF", true),
    /** The peer says that its application has not had the request (REFUSED_STREAM). */
    REFUSED("UR", true),
    /** The peer went away before it took the request (GOAWAY). */
    GOAWAY("UR", true),
    /** Too many wait for a connection already. */
    OVERFLOW("UO", true),
    /** The peer broke off the stream. */
    RESET("UR", false),
    /** The peer broke off the stream and calls that no error (NO_ERROR). */
    RESET_CALMLY("UR", false),
    /** The connection ended under the request. */
    CLOSED("UC", false),
    /** The kept connection ended before any answer: the peer gave it up as the request came. */
    FORGOTTEN("UC", false),
    /** The connection was silent and did not answer a ping. */
    PING_TIMEOUT("UC", false),
    /** The peer broke the protocol. */
    PROTOCOL("UPE", false),
    /** The try took too long. */
    TRY_TIMEOUT("UT", false),
    /** The caller went away. */
    CANCELLED("DC", false);

    private final String flag;
    private final boolean notSent;

    Kind(String flag, boolean notSent) {
      this.flag = flag;
      this.notSent = notSent;
    }

    /** Returns Envoy's response flag for it. */
    public String flag() {
      return flag;
    }

    /** Whether the peer certainly has not begun with the request: any method may try again. */
    public boolean notSent() {
      return notSent;
    }

    /** Whether it says something about the whole address rather than about one instance. */
    public boolean blamesAddress() {
      return this == CONNECT
          || this == CONNECT_TIMEOUT
          || this == TLS_TIMEOUT
          || this == PING_TIMEOUT;
    }
  }
}
