/**
 * Start files, read as their programs read them.
 *
 * <p>Starting points: {@link dev.hawser.agent.bootstrap.BootstrapsTest}.
 */
@NullMarked
package dev.hawser.agent.bootstrap;

import org.jspecify.annotations.NullMarked;
