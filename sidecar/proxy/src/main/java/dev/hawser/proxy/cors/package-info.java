/**
 * Requests of pages of other origins (Fetch standard, CORS protocol).
 *
 * <p>Starting points: {@link dev.hawser.proxy.cors.CorsFilter}.
 */
@NullMarked
package dev.hawser.proxy.cors;

import org.jspecify.annotations.NullMarked;
