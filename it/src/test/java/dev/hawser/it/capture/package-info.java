/** Connections that a packet filter brings to a sidecar. */
@NullMarked
package dev.hawser.it.capture;

import org.jspecify.annotations.NullMarked;
