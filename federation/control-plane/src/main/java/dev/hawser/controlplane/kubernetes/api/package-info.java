/**
 * What the control plane asks of the Kubernetes API besides its registry: where its state lies, who
 * holds a service-account token, and where the mesh's roots are published.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.kubernetes.api.ClusterApi}.
 */
@NullMarked
package dev.hawser.controlplane.kubernetes.api;

import org.jspecify.annotations.NullMarked;
