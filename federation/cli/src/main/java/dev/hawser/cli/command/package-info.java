/**
 * The subcommands, one class each.
 *
 * <p>Starting points: {@link dev.hawser.cli.command.RootCommand}.
 */
@NullMarked
package dev.hawser.cli.command;

import org.jspecify.annotations.NullMarked;
