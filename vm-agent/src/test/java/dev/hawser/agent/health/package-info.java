/**
 * The checks of applications against real sockets and processes.
 *
 * <p>Starting points: {@link dev.hawser.agent.health.HealthCheckTest}.
 */
@NullMarked
package dev.hawser.agent.health;

import org.jspecify.annotations.NullMarked;
