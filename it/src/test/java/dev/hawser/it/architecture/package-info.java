/**
 * The arrows between the modules, as a test that fails the build.
 *
 * <p>Starting points: {@link dev.hawser.it.architecture.ArrowsTest}.
 */
@NullMarked
package dev.hawser.it.architecture;

import org.jspecify.annotations.NullMarked;
