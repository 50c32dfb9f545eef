/**
 * The {@code hawser-agent} command of a VM.
 *
 * <p>Starting points: {@link dev.hawser.agent.AgentMain}.
 */
@NullMarked
package dev.hawser.agent;

import org.jspecify.annotations.NullMarked;
