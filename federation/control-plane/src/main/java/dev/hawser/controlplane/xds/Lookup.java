package dev.hawser.controlplane.xds;

import java.util.Optional;
import java.util.SortedMap;

/** The resources of one type as one node may see them now. */
interface Lookup {
  SortedMap<String, XdsResource> everything();

  Optional<XdsResource> named(String name);

  static Lookup of(XdsTranslator translator, ResourceType type, ProxyNode node) {
    return new Lookup() {
      @Override
      public SortedMap<String, XdsResource> everything() {
        return translator.everything(type, node);
      }

      @Override
      public Optional<XdsResource> named(String name) {
        return translator.named(type, name, node);
      }
    };
  }
}
