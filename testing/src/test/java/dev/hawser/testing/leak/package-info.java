@NullMarked
package dev.hawser.testing.leak;

import org.jspecify.annotations.NullMarked;
