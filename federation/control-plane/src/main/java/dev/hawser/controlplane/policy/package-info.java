/**
 * Policies in the words people already know: Istio's {@code DestinationRule} and {@code
 * VirtualService} are read strictly, so that a field is either carried out or refused by its path.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.policy.Policy}, {@link
 * dev.hawser.controlplane.policy.PolicyReader}, {@link dev.hawser.controlplane.policy.PolicyBook}.
 */
@NullMarked
package dev.hawser.controlplane.policy;

import org.jspecify.annotations.NullMarked;
