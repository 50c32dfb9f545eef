/**
 * What the agent says about itself, and what that means.
 *
 * <p>Starting points: {@link dev.hawser.agent.status.AgentStatus}, {@link
 * dev.hawser.agent.status.Diagnosis}.
 */
@NullMarked
package dev.hawser.agent.status;

import org.jspecify.annotations.NullMarked;
