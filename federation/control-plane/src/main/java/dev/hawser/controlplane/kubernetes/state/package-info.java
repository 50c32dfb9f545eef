/**
 * The state store inside Kubernetes: Secrets for credentials, ConfigMaps for the rest.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.kubernetes.state.KubernetesStateStore}.
 */
@NullMarked
package dev.hawser.controlplane.kubernetes.state;

import org.jspecify.annotations.NullMarked;
