/**
 * The suites that others wrote, run on their own data, which is not part of the repository. Each
 * prints its counts; what deviates is listed with its reason in {@code it/CONFORMANCE.md}.
 *
 * <p>Starting points: {@link dev.hawser.it.conformance.Vectors}, {@link
 * dev.hawser.it.conformance.JwtConformance}.
 */
@NullMarked
package dev.hawser.it.conformance;

import org.jspecify.annotations.NullMarked;
