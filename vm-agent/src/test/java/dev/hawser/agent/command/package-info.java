/**
 * The command line as people meet it.
 *
 * <p>Starting points: {@link dev.hawser.agent.command.AgentCommandTest}.
 */
@NullMarked
package dev.hawser.agent.command;

import org.jspecify.annotations.NullMarked;
