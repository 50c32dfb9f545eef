/**
 * What the control plane asks of a real Kubernetes API server besides its services: where state
 * lies, and who holds a token.
 *
 * <p>Starting points: {@link dev.hawser.it.state.KubernetesStateStoreIT}.
 */
@NullMarked
package dev.hawser.it.state;

import org.jspecify.annotations.NullMarked;
