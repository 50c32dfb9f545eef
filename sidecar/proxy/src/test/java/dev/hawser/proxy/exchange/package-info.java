/**
 * Tests of what becomes of a request.
 *
 * <p>Starting point: {@link dev.hawser.proxy.exchange.RetryJudgeTest}.
 */
@NullMarked
package dev.hawser.proxy.exchange;

import org.jspecify.annotations.NullMarked;
