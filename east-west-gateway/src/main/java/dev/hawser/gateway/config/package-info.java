/**
 * The gateway's start file.
 *
 * <p>Starting points: {@link dev.hawser.gateway.config.GatewayConfig}.
 */
@NullMarked
package dev.hawser.gateway.config;

import org.jspecify.annotations.NullMarked;
