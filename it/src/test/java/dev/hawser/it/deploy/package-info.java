/**
 * What is shipped to be installed renders, and says what it means.
 *
 * <p>Starting points: {@link dev.hawser.it.deploy.ChartIT}.
 */
@NullMarked
package dev.hawser.it.deploy;

import org.jspecify.annotations.NullMarked;
