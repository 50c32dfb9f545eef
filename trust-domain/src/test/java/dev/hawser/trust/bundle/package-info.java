/**
 * Bundles as values and as text.
 *
 * <p>Starting points: {@link dev.hawser.trust.bundle.TrustBundlesTest}.
 */
@NullMarked
package dev.hawser.trust.bundle;

import org.jspecify.annotations.NullMarked;
