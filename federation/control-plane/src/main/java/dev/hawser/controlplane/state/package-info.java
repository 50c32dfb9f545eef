/**
 * What must survive a restart, as small documents with compare-and-set versions.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.state.StateStore}.
 */
@NullMarked
package dev.hawser.controlplane.state;

import org.jspecify.annotations.NullMarked;
