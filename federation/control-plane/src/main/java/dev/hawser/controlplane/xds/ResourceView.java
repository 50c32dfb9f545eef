package dev.hawser.controlplane.xds;

import java.util.Optional;
import java.util.SortedMap;

/** What one snapshot has to say to the nodes of a kind. Thread-safe. */
interface ResourceView {
  /** Returns what a node gets that names nothing. */
  SortedMap<String, XdsResource> everything(ResourceType type, ProxyNode node);

  /** Returns one resource, or empty if there is no such thing for the node. */
  Optional<XdsResource> named(ResourceType type, String name, ProxyNode node);
}
