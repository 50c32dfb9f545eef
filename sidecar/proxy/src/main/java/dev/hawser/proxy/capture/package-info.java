/** Connections that were on their way elsewhere before the kernel brought them here. */
@NullMarked
package dev.hawser.proxy.capture;

import org.jspecify.annotations.NullMarked;
