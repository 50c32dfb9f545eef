/**
 * The agent as a process.
 *
 * <p>Starting points: {@link dev.hawser.agent.run.Agent}.
 */
@NullMarked
package dev.hawser.agent.run;

import org.jspecify.annotations.NullMarked;
