package dev.hawser.it.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * A network of its own with one foot in the internet of the story. From the other sites only the
 * gateway port is open.
 *
 * @param name of the namespace
 * @param number 1-99; the second octet of its addresses
 */
public record Site(String name, int number) {
  /** The one port that is open towards other sites. */
  public static final int GATEWAY_PORT = 15443;

  /** Returns its address in the internet of the story. */
  public String publicAddress() {
    return "192.0.2." + number;
  }

  /** Returns a second public address, for a second gateway. */
  public String secondPublicAddress() {
    return "192.0.2." + (100 + number);
  }

  /** Returns one of its inner addresses, that no other site can reach; the harness can. */
  public String address(int host) {
    return "10." + number + ".0." + host;
  }

  /** Returns the address of the harness's own foot in it, from which it can be reached. */
  public String harnessAddress() {
    return "10.200." + number + ".1";
  }

  /** Returns a command that runs inside of it. */
  public List<String> command(String... command) {
    return command(List.of(command));
  }

  /** Returns a command that runs inside of it. */
  public List<String> command(List<String> command) {
    List<String> inside = new ArrayList<>(prefix());
    inside.addAll(command);
    return inside;
  }

  /** Returns what stands before a command that runs inside of it. */
  public List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }
}
