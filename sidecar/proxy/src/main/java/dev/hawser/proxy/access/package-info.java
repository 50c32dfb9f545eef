/**
 * Judges who may do what.
 *
 * <p>Starting points: {@link dev.hawser.proxy.access.AccessFilter}, {@link
 * dev.hawser.proxy.access.AccessJudge}.
 */
@NullMarked
package dev.hawser.proxy.access;

import org.jspecify.annotations.NullMarked;
