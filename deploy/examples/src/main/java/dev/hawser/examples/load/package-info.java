/**
 * A steady stream of requests and an exact account of what became of each.
 *
 * <p>Starting points: {@link dev.hawser.examples.load.SteadyLoad}, {@link
 * dev.hawser.examples.load.Tally}.
 */
@NullMarked
package dev.hawser.examples.load;

import org.jspecify.annotations.NullMarked;
