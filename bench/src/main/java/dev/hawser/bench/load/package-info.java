/**
 * Puts a target under load: {@code Wrk}, {@code H2load} and, where certificates are needed, {@code
 * MtlsLoad}.
 */
@NullMarked
package dev.hawser.bench.load;

import org.jspecify.annotations.NullMarked;
