package dev.hawser.proxy.balance;

import java.util.List;

/**
 * Which percentage of the requests each priority takes, in whole percents and by the same steps as
 * Envoy: a priority keeps its traffic while 100/overprovisioning of it serves, below that only the
 * lost share moves on, and where all together cannot take everything the load is scaled and
 * priorities below the panic threshold are told so. Pure.
 */
final class PriorityLoads {
  private final int[] healthy;
  private final int[] degraded;
  private final boolean[] panic;
  private final int total;

  private PriorityLoads(int[] healthy, int[] degraded, boolean[] panic, int total) {
    this.healthy = healthy;
    this.degraded = degraded;
    this.panic = panic;
    this.total = total;
  }

  /**
   * What there is of a priority.
   *
   * @param hosts endpoints
   * @param whole of the endpoints, in endpoints or in weights
   * @param healthy part of the whole that serves
   * @param degraded part of the whole that serves if nothing healthy does
   * @param serving endpoints that do either
   */
  record Level(int hosts, double whole, double healthy, double degraded, int serving) {}

  /**
   * Distributes.
   *
   * @param levels by priority
   * @param overprovisioning percent, 140 as a rule
   * @param panicPercent 0 for no panic
   */
  static PriorityLoads of(List<Level> levels, int overprovisioning, int panicPercent) {
    int count = levels.size();
    int[] health = new int[count];
    int[] spare = new int[count];
    int sum = 0;
    for (int i = 0; i < count; i++) {
      Level level = levels.get(i);
      health[i] = percent(level.healthy(), level.whole(), overprovisioning);
      spare[i] = percent(level.degraded(), level.whole(), overprovisioning);
      sum += health[i] + spare[i];
    }
    int total = Math.min(100, sum);
    int[] healthy = new int[count];
    int[] degraded = new int[count];
    boolean[] panic = new boolean[count];
    if (total == 0) {
      return new PriorityLoads(healthy, degraded, panic, 0);
    }
    int left = distribute(healthy, health, 100, total);
    left = distribute(degraded, spare, left, total);
    addRest(healthy, health, degraded, spare, left);
    boolean everywhere = true;
    for (int i = 0; i < count; i++) {
      panic[i] = total < 100 && panics(levels.get(i), panicPercent);
      everywhere &= panic[i];
    }
    if (everywhere) {
      byHosts(levels, healthy, degraded);
    }
    return new PriorityLoads(healthy, degraded, panic, total);
  }

  /** Returns percentages for the healthy endpoints, by priority. */
  int[] healthy() {
    return healthy;
  }

  /** Returns percentages for the degraded endpoints, by priority. */
  int[] degraded() {
    return degraded;
  }

  /** Returns whether health is to be ignored, by priority. */
  boolean[] panic() {
    return panic;
  }

  /** Returns what all can take, at most 100; 0 if there is nothing to distribute. */
  int total() {
    return total;
  }

  /** What serves at all is worth one percent at least: it may be all that there is. */
  private static int percent(double part, double whole, int overprovisioning) {
    if (part <= 0 || whole <= 0) {
      return 0;
    }
    return Math.clamp((int) (overprovisioning * part / whole), 1, 100);
  }

  private static int distribute(int[] loads, int[] available, int load, int total) {
    int left = load;
    for (int i = 0; i < loads.length; i++) {
      loads[i] = Math.min(left, available[i] * 100 / total);
      left -= loads[i];
    }
    return left;
  }

  /** What rounding leaves goes to the first that can take anything. */
  private static void addRest(int[] healthy, int[] health, int[] degraded, int[] spare, int rest) {
    for (int i = 0; i < health.length; i++) {
      if (health[i] > 0) {
        healthy[i] += rest;
        return;
      }
    }
    for (int i = 0; i < spare.length; i++) {
      if (spare[i] > 0) {
        degraded[i] += rest;
        return;
      }
    }
  }

  private static boolean panics(Level level, int panicPercent) {
    double serving = level.hosts() == 0 ? 0 : 100.0 * level.serving() / level.hosts();
    return serving < panicPercent;
  }

  /** Health means nothing any more: what counts is how many there are. */
  private static void byHosts(List<Level> levels, int[] healthy, int[] degraded) {
    int hosts = levels.stream().mapToInt(Level::hosts).sum();
    int left = 100;
    int first = -1;
    for (int i = 0; i < healthy.length; i++) {
      degraded[i] = 0;
      healthy[i] = 100 * levels.get(i).hosts() / hosts;
      left -= healthy[i];
      first = first < 0 && levels.get(i).hosts() > 0 ? i : first;
    }
    healthy[first] += left;
  }
}
