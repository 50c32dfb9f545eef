/**
 * The {@code hawser} command.
 *
 * <p>Starting points: {@link dev.hawser.cli.HawserCli}.
 */
@NullMarked
package dev.hawser.cli;

import org.jspecify.annotations.NullMarked;
