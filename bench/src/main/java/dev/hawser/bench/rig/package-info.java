/**
 * Brings subjects up with the same task; start at {@code Bench} and {@code Rig}. Templates of their
 * files are resources of this package.
 */
@NullMarked
package dev.hawser.bench.rig;

import org.jspecify.annotations.NullMarked;
