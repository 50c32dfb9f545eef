/** Tests of what subjects are told. */
@NullMarked
package dev.hawser.bench.rig;

import org.jspecify.annotations.NullMarked;
