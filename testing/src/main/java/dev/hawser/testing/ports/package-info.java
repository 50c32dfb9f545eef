/**
 * Ports for what a test starts.
 *
 * <p>Starting points: {@link dev.hawser.testing.ports.FreePorts}.
 */
@NullMarked
package dev.hawser.testing.ports;

import org.jspecify.annotations.NullMarked;
