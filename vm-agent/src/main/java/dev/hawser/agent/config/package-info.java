/**
 * What the operator said at the join, kept in {@code agent.yaml}.
 *
 * <p>Starting points: {@link dev.hawser.agent.config.AgentConfig}.
 */
@NullMarked
package dev.hawser.agent.config;

import org.jspecify.annotations.NullMarked;
