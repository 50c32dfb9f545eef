/**
 * Fixtures for the tests of every module: a whole federation of authorities in memory, and chains
 * that a verifier must refuse.
 *
 * <p>Starting points: {@link dev.hawser.trust.testing.TestAuthority}, {@link
 * dev.hawser.trust.testing.BadChain}.
 */
@NullMarked
package dev.hawser.trust.testing;

import org.jspecify.annotations.NullMarked;
