/**
 * The start file.
 *
 * <p>Starting points: {@link dev.hawser.proxy.config.StartFileTest}.
 */
@NullMarked
package dev.hawser.proxy.config;

import org.jspecify.annotations.NullMarked;
