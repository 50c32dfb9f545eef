package dev.hawser.controlplane.policy;

import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** A policy as the mesh carries it out; every field of its document is in here. */
public sealed interface Policy permits DestinationRule, VirtualService {
  /**
   * Which of two policies for one service takes effect: the older, then the one whose name sorts
   * first.
   */
  Comparator<Policy> PRECEDENCE = Comparator.comparing(Policy::created).thenComparing(Policy::key);

  PolicyKey key();

  /** Returns when it was first applied. */
  Instant created();

  /** Returns the services that it is about. */
  List<ServiceName> services();

  /** Returns the document it was read from, as JSON with sorted keys. */
  String document();
}
