/**
 * What the command prints: tables for people, JSON and YAML for programs.
 *
 * <p>Starting points: {@link dev.hawser.cli.output.Table}, {@link
 * dev.hawser.cli.output.StructuredOutput}.
 */
@NullMarked
package dev.hawser.cli.output;

import org.jspecify.annotations.NullMarked;
