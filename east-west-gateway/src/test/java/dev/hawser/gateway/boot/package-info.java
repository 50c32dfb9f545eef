/**
 * A whole gateway between real sockets, with a control plane that the test plays.
 *
 * <p>Starting points: {@code GatewayTest}.
 */
@NullMarked
package dev.hawser.gateway.boot;

import org.jspecify.annotations.NullMarked;
