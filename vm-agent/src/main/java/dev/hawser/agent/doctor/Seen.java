package dev.hawser.agent.doctor;

import java.util.Optional;

/** A fact, or the reason why there is none. */
sealed interface Seen<T> {
  /** It is so. */
  record Found<T>(T value) implements Seen<T> {}

  /** Nobody knows, and why. */
  record Unknown<T>(String reason) implements Seen<T> {}

  static <T> Seen<T> found(T value) {
    return new Found<>(value);
  }

  static <T> Seen<T> unknown(String reason) {
    return new Unknown<>(reason);
  }

  /** Returns the fact without the reason. */
  default Optional<T> known() {
    return this instanceof Found<T>(T value) ? Optional.of(value) : Optional.empty();
  }

  /** Returns why there is none; empty if there is one. */
  default String whyNot() {
    return this instanceof Unknown<T>(String reason) ? reason : "";
  }
}
