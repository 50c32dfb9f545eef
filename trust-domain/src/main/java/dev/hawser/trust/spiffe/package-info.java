/**
 * Names of identities as SPIFFE defines them: trust domains and ids.
 *
 * <p>Starting points: {@link dev.hawser.trust.spiffe.SpiffeId}, {@link
 * dev.hawser.trust.spiffe.TrustDomain}.
 */
@NullMarked
package dev.hawser.trust.spiffe;

import org.jspecify.annotations.NullMarked;
