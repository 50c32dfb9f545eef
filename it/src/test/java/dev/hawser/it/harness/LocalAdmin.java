package dev.hawser.it.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The administration of a proxy in a site: on loopback there, so that only programs inside of it
 * can ask.
 *
 * @param host of the site, as in the proxy's own address
 */
public record LocalAdmin(Site site, int host) {
  /**
   * What came back.
   *
   * @param status 0 if nobody answered
   */
  public record Answer(int status, String body) {}

  /** Returns the address that the proxy's start file names. */
  public String address() {
    return "127.0.0." + host + ":15000";
  }

  /** Asks by GET. */
  public Answer get(String path) {
    return ask("GET", path);
  }

  /** Asks by POST. */
  public Answer post(String path) {
    return ask("POST", path);
  }

  private Answer ask(String method, String path) {
    List<String> curl = new ArrayList<>(List.of("curl", "-s", "-m", "5", "-X", method));
    curl.addAll(List.of("-w", "\\n%{http_code}", "http://" + address() + path));
    String output = Shell.run(Map.of(), site.command(curl)).output();
    int last = output.lastIndexOf('\n');
    return new Answer(
        Integer.parseInt(output.substring(last + 1).strip()),
        output.substring(0, Math.max(last, 0)));
  }
}
