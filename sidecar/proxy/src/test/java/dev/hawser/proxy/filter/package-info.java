/**
 * Tests of chains of filters.
 *
 * <p>Starting points: {@link dev.hawser.proxy.filter.FilterRunTest}.
 */
@NullMarked
package dev.hawser.proxy.filter;

import org.jspecify.annotations.NullMarked;
