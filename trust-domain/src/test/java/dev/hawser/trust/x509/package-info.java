/**
 * Certificates and PEM from bytes.
 *
 * <p>Starting points: {@link dev.hawser.trust.x509.CertificatesTest}, {@link
 * dev.hawser.trust.x509.PemTest}.
 */
@NullMarked
package dev.hawser.trust.x509;

import org.jspecify.annotations.NullMarked;
