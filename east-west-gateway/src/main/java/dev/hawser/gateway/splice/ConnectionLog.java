package dev.hawser.gateway.splice;

import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line of JSON for each connection that ended. */
final class ConnectionLog {
  private static final Logger LOG = LoggerFactory.getLogger("access");

  private ConnectionLog() {}

  /**
   * Writes a line.
   *
   * @param sni as asked for; a name of ours or text of a stranger, so it is escaped
   * @param endpoint where it went, empty if nowhere
   */
  static void line(
      String remote,
      String sni,
      String endpoint,
      String workload,
      long in,
      long out,
      Duration took,
      String outcome) {
    if (LOG.isInfoEnabled()) {
      LOG.info(
          "{\"remote\":\"{}\",\"upstream_sni\":\"{}\",\"upstream_host\":\"{}\",\"workload\":\"{}\",\"bytes_received\":{},\"bytes_sent\":{},\"duration\":\"{}ms\",\"outcome\":\"{}\"}",
          remote,
          escape(sni),
          endpoint,
          escape(workload),
          in,
          out,
          took.toMillis(),
          escape(outcome));
    }
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
