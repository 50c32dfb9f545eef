/**
 * The stories: what a user is promised, shown on real processes, each with its numbers printed.
 *
 * <p>Starting points: {@link dev.hawser.it.story.TwoClusters}, then any {@code *Story}.
 */
@NullMarked
package dev.hawser.it.story;

import org.jspecify.annotations.NullMarked;
