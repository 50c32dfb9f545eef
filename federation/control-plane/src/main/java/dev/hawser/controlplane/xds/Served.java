package dev.hawser.controlplane.xds;

import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;

/** A port of a service that a node's own workload serves. */
record Served(MeshService service, MeshEndpoint endpoint, ServicePort port) {}
