/**
 * What the strict reader refuses.
 *
 * <p>Starting points: {@link dev.hawser.trust.json.JsonObjectTest}.
 */
@NullMarked
package dev.hawser.trust.json;

import org.jspecify.annotations.NullMarked;
