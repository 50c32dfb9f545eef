/**
 * The same configuration and the same requests for Envoy and for the sidecar: both get one snapshot
 * by ADS, both call the same applications, and what comes of each request is compared. What may
 * differ is in a list, with reasons.
 *
 * <p>Starting points: {@link dev.hawser.it.differential.Differential}, {@link
 * dev.hawser.it.differential.IntendedDifferences}.
 */
@NullMarked
package dev.hawser.it.differential;

import org.jspecify.annotations.NullMarked;
