/**
 * One request from its head to the end of its response: routed, tried, tried again elsewhere if it
 * may be, answered. The same for both directions; what differs between them is a {@code Side}.
 *
 * <p>Starting points: {@link dev.hawser.proxy.exchange.Exchange}, {@link
 * dev.hawser.proxy.exchange.Side}.
 */
@NullMarked
package dev.hawser.proxy.exchange;

import org.jspecify.annotations.NullMarked;
