/**
 * The applications behind every subject: always the same answers, as cheap as can be; start at
 * {@code Backends}.
 */
@NullMarked
package dev.hawser.bench.backend;

import org.jspecify.annotations.NullMarked;
