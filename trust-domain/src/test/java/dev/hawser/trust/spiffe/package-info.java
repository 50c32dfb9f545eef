/**
 * The alphabet of identities.
 *
 * <p>Starting points: {@link dev.hawser.trust.spiffe.SpiffeIdTest}.
 */
@NullMarked
package dev.hawser.trust.spiffe;

import org.jspecify.annotations.NullMarked;
