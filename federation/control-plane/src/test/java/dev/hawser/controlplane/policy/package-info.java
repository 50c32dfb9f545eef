/** Tests of {@code dev.hawser.controlplane.policy}. */
@NullMarked
package dev.hawser.controlplane.policy;

import org.jspecify.annotations.NullMarked;
