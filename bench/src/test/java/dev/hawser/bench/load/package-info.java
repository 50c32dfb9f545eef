/** Tests of what makes figures of raw text and numbers. */
@NullMarked
package dev.hawser.bench.load;

import org.jspecify.annotations.NullMarked;
