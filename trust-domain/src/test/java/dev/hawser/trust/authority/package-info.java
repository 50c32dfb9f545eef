/**
 * What authorities sign, and what they never sign.
 *
 * <p>Starting points: {@link dev.hawser.trust.authority.ClusterAuthorityTest}, {@link
 * dev.hawser.trust.authority.RootAuthorityTest}.
 */
@NullMarked
package dev.hawser.trust.authority;

import org.jspecify.annotations.NullMarked;
