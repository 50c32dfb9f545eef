/**
 * Tests of the exports.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.exports.SlotTableProperties}.
 */
@NullMarked
package dev.hawser.controlplane.exports;

import org.jspecify.annotations.NullMarked;
