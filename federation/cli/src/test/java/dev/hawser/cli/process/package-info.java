/**
 * Tests of starting and stopping real processes; stubs stand in for the programs themselves.
 *
 * <p>Starting points: {@link dev.hawser.cli.process.ClusterStartTest}.
 */
@NullMarked
package dev.hawser.cli.process;

import org.jspecify.annotations.NullMarked;
