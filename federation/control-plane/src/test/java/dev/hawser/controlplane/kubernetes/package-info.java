/**
 * What objects of Kubernetes mean as services.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.kubernetes.KubernetesViewTest}.
 */
@NullMarked
package dev.hawser.controlplane.kubernetes;

import org.jspecify.annotations.NullMarked;
