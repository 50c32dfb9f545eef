/** Files that say what people or programs are shown, for a person to review. */
@NullMarked
package dev.hawser.testing.golden;

import org.jspecify.annotations.NullMarked;
