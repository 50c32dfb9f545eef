/**
 * Whether the applications on this machine serve.
 *
 * <p>Starting points: {@link dev.hawser.agent.health.HealthMonitor}.
 */
@NullMarked
package dev.hawser.agent.health;

import org.jspecify.annotations.NullMarked;
