/**
 * Starts, watches and stops the processes of a cluster on this machine.
 *
 * <p>Starting points: {@link dev.hawser.cli.process.ClusterRunner}, {@link
 * dev.hawser.cli.process.Installation}.
 */
@NullMarked
package dev.hawser.cli.process;

import org.jspecify.annotations.NullMarked;
