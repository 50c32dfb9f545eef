/**
 * Certificates as values: reading, writing and the extensions that matter to a mesh.
 *
 * <p>Starting points: {@link dev.hawser.trust.x509.Certificates}, {@link
 * dev.hawser.trust.x509.NameConstraint}.
 */
@NullMarked
package dev.hawser.trust.x509;

import org.jspecify.annotations.NullMarked;
