/**
 * JSON that strangers wrote: tokens and key sets. Stricter than most readers, since what two
 * readers understand differently is what an attack is made of.
 *
 * <p>Starting points: {@link dev.hawser.proxy.json.JsonReader}.
 */
@NullMarked
package dev.hawser.proxy.json;

import org.jspecify.annotations.NullMarked;
