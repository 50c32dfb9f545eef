/**
 * How a command meets the terminal: its streams, its exit codes, and the way it fails.
 *
 * <p>Starting points: {@link dev.hawser.cli.shell.Terminal}, {@link
 * dev.hawser.cli.shell.CliException}, {@link dev.hawser.cli.shell.ExitCode}.
 */
@NullMarked
package dev.hawser.cli.shell;

import org.jspecify.annotations.NullMarked;
