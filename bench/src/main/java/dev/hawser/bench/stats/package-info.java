/** Makes figures of rounds; {@code Book} collects them, {@code Spread} is what is left. */
@NullMarked
package dev.hawser.bench.stats;

import org.jspecify.annotations.NullMarked;
