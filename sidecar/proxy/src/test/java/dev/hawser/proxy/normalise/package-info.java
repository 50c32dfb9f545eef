/**
 * Paths and their one form.
 *
 * <p>Starting point: {@link dev.hawser.proxy.normalise.PathRulesTest}.
 */
@NullMarked
package dev.hawser.proxy.normalise;

import org.jspecify.annotations.NullMarked;
