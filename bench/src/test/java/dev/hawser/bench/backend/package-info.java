/** Tests of the applications, with the loads that they are put under. */
@NullMarked
package dev.hawser.bench.backend;

import org.jspecify.annotations.NullMarked;
