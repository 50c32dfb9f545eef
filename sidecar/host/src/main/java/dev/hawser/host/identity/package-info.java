/**
 * A workload's identity on its own host: made here, certified by the control plane, renewed in time
 * and kept on disk so that a restart needs nobody.
 *
 * <p>Starting points: {@link dev.hawser.host.identity.IdentityClient}, {@link
 * dev.hawser.host.identity.Attestation}, {@link dev.hawser.host.identity.CertificateFiles}.
 */
@NullMarked
package dev.hawser.host.identity;

import org.jspecify.annotations.NullMarked;
