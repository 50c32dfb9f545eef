/** Buffers that were dropped without being released fail the test class in which they are found. */
@NullMarked
package dev.hawser.testing.leak;

import org.jspecify.annotations.NullMarked;
