/**
 * Services of a Kubernetes cluster, by informers.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.kubernetes.KubernetesRegistry} (keeps in
 * touch), {@link dev.hawser.controlplane.kubernetes.KubernetesView} (what its objects mean as
 * services).
 */
@NullMarked
package dev.hawser.controlplane.kubernetes;

import org.jspecify.annotations.NullMarked;
