/**
 * Authorization.
 *
 * <p>Starting points: {@link dev.hawser.proxy.access.AccessJudgeTest}.
 */
@NullMarked
package dev.hawser.proxy.access;

import org.jspecify.annotations.NullMarked;
