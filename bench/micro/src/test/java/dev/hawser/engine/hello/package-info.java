/**
 * The parser of ClientHellos, measured.
 *
 * <p>Starting point: {@link dev.hawser.engine.hello.HelloBenchmark}.
 */
@NullMarked
package dev.hawser.engine.hello;

import org.jspecify.annotations.NullMarked;
