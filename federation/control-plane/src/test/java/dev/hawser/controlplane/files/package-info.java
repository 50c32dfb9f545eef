/**
 * Documents and directories as they come, broken ones too.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.files.FileRegistryTest}.
 */
@NullMarked
package dev.hawser.controlplane.files;

import org.jspecify.annotations.NullMarked;
