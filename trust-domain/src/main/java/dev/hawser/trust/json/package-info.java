/**
 * The few lines of JSON that bundles and tokens need: strict, bounded, canonical.
 *
 * <p>Starting points: {@link dev.hawser.trust.json.Json}, {@link dev.hawser.trust.json.JsonObject}.
 */
@NullMarked
package dev.hawser.trust.json;

import org.jspecify.annotations.NullMarked;
