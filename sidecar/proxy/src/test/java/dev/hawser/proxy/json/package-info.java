/**
 * JSON is read strictly.
 *
 * <p>Starting points: {@link dev.hawser.proxy.json.JsonReaderTest}.
 */
@NullMarked
package dev.hawser.proxy.json;

import org.jspecify.annotations.NullMarked;
