/** Tests of {@code dev.hawser.controlplane.merge}. */
@NullMarked
package dev.hawser.controlplane.merge;

import org.jspecify.annotations.NullMarked;
