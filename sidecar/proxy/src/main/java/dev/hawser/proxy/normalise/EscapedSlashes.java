package dev.hawser.proxy.normalise;

/**
 * What becomes of {@code %2F} and {@code %5C} in a path (Envoy's {@code
 * path_with_escaped_slashes_action}).
 */
public enum EscapedSlashes {
  /** They stay as they are. */
  KEEP,
  /** The request is answered 400. */
  REJECT,
  /** They become slashes, and the request goes on. */
  DECODE,
  /** They become slashes, and the client is sent to the path that results. */
  REDIRECT
}
