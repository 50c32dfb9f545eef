package dev.hawser.it.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** All configurations of a run, made from its seed. */
final class Configurations {
  private Configurations() {}

  /**
   * Returns them.
   *
   * @param rounds how many of each kind
   */
  static List<Configuration> of(long seed, int rounds) {
    List<Configuration> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Dice dice = new Dice(new Random(seed + round));
      all.add(RoutingCases.configuration("routing-" + round, dice));
      all.add(HeaderCases.configuration("headers-" + round, dice));
      all.add(RetryCases.configuration("retries-" + round, dice));
      all.add(AccessCases.configuration("access-" + round, dice));
      all.add(JwtCases.configuration("jwt-" + round, dice));
    }
    return all;
  }
}
