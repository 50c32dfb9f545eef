/**
 * The embedded default registry: a directory of YAML documents.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.files.FileRegistry} (the directory), {@link
 * dev.hawser.controlplane.files.ServiceDocument} (one document).
 */
@NullMarked
package dev.hawser.controlplane.files;

import org.jspecify.annotations.NullMarked;
