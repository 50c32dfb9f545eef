package dev.hawser.controlplane.merge;

import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** What one source says about a service of some name. */
sealed interface Definition {
  /** Those of this cluster first, then by age, then by name: a total order. */
  Comparator<Definition> PRECEDENCE =
      Comparator.comparing((Definition definition) -> definition instanceof Remote)
          .thenComparing(Definition::since)
          .thenComparing(Definition::origin);

  Instant since();

  /** Returns who says it, for people: {@code kubernetes} or {@code cluster west}. */
  String origin();

  List<ServicePort> ports();

  /** What a registry of this cluster reports. */
  record Local(String source, Service service) implements Definition {
    @Override
    public Instant since() {
      return service.created();
    }

    @Override
    public String origin() {
      return source;
    }

    @Override
    public List<ServicePort> ports() {
      return service.ports();
    }
  }

  /** What another cluster exports, with nothing in it but what it may claim. */
  record Remote(RemoteExport export) implements Definition {
    @Override
    public Instant since() {
      return export.since();
    }

    @Override
    public String origin() {
      return "cluster " + export.cluster();
    }

    @Override
    public List<ServicePort> ports() {
      return export.ports();
    }
  }
}
