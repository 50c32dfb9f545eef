/**
 * Tests of the command against a small real HTTP server, with golden files for what people see.
 *
 * <p>Starting points: {@link dev.hawser.cli.GoldenOutputTest}, {@link dev.hawser.cli.ExitCodeTest}.
 */
@NullMarked
package dev.hawser.cli;

import org.jspecify.annotations.NullMarked;
