/** Tests of {@code dev.hawser.controlplane.snapshot}. */
@NullMarked
package dev.hawser.controlplane.snapshot;

import org.jspecify.annotations.NullMarked;
