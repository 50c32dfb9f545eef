/**
 * The administration API: REST on its own port, behind a credential, for the command line and
 * scripts.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.admin.Administration}, {@link
 * dev.hawser.controlplane.admin.CredentialFilter}.
 */
@NullMarked
package dev.hawser.controlplane.admin;

import org.jspecify.annotations.NullMarked;
