/**
 * What a story stands on: networks of its own, processes of its own, and clusters made with the
 * commands that users type.
 *
 * <p>Starting points: {@link dev.hawser.it.harness.Internet}, {@link
 * dev.hawser.it.harness.Managed}.
 */
@NullMarked
package dev.hawser.it.harness;

import org.jspecify.annotations.NullMarked;
