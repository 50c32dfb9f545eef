package dev.hawser.agent.doctor;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads what came of dialling. Pure. */
final class Reached {
  private Reached() {}

  static boolean isReached(Map<String, String> dialled, String place) {
    return dialled.getOrDefault(place, "not tried").isEmpty();
  }

  static String words(Map<String, String> dialled, Collection<String> places) {
    return places.stream()
        .map(place -> place + " (" + dialled.getOrDefault(place, "not tried") + ")")
        .collect(Collectors.joining(", "));
  }
}
