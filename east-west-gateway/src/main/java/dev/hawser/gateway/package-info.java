/**
 * The east-west gateway: routes TLS between networks by server name, without opening it.
 *
 * <p>Starting points: {@link dev.hawser.gateway.GatewayMain}.
 */
@NullMarked
package dev.hawser.gateway;

import org.jspecify.annotations.NullMarked;
