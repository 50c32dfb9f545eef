/** Tests of {@code dev.hawser.controlplane.xds}. */
@NullMarked
package dev.hawser.controlplane.xds;

import org.jspecify.annotations.NullMarked;
