/** Tests of the command line. */
@NullMarked
package dev.hawser.bench;

import org.jspecify.annotations.NullMarked;
