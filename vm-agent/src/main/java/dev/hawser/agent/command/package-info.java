/**
 * The subcommands, one class each.
 *
 * <p>Starting points: {@link dev.hawser.agent.command.AgentCommand}.
 */
@NullMarked
package dev.hawser.agent.command;

import org.jspecify.annotations.NullMarked;
