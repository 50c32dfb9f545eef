/**
 * The first bytes of a TLS connection, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.engine.hello.HelloFuzz}.
 */
@NullMarked
package dev.hawser.engine.hello;

import org.jspecify.annotations.NullMarked;
