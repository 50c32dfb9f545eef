/** Reads what processes cost from the kernel: {@code CpuClock} and {@code Memory}. */
@NullMarked
package dev.hawser.bench.measure;

import org.jspecify.annotations.NullMarked;
