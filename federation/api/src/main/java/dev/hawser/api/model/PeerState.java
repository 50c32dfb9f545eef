package dev.hawser.api.model;

/** What another cluster's silence means. */
public enum PeerState {
  /** Its control plane answers. */
  LIVE,
  /**
   * Its control plane is silent but its gateway answers probes: the last known exports are served,
   * with their age.
   */
  CONTROL_LOST,
  /** Neither answers: its exports are withdrawn. */
  DEAD
}
