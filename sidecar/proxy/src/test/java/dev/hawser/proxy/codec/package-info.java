/**
 * The control plane's golden messages through the codecs, and refusals.
 *
 * <p>Starting points: {@link dev.hawser.proxy.codec.GoldenConfigTest}.
 */
@NullMarked
package dev.hawser.proxy.codec;

import org.jspecify.annotations.NullMarked;
