/**
 * What a process trusts: the roots of each trust domain, never pooled.
 *
 * <p>Starting points: {@link dev.hawser.trust.bundle.TrustBundles}, {@link
 * dev.hawser.trust.bundle.TrustBundle}.
 */
@NullMarked
package dev.hawser.trust.bundle;

import org.jspecify.annotations.NullMarked;
