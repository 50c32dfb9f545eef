package dev.hawser.agent.doctor;

/** A part of the way, in the order in which a call passes it. */
public enum Layer {
  AGENT,
  NAME,
  CAPTURE,
  IDENTITY,
  CONTROL_PLANE,
  GATEWAY,
  APPLICATION;

  /** Returns it for people. */
  public String words() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
