/**
 * The start files of programs that have xDS of their own, for this host: with them they get their
 * configuration and their key from the agent.
 *
 * <p>Starting points: {@link dev.hawser.agent.bootstrap.Bootstraps}.
 */
@NullMarked
package dev.hawser.agent.bootstrap;

import org.jspecify.annotations.NullMarked;
