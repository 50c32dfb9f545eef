/**
 * The only place where the parts are put together: reads the configuration, makes plain objects,
 * starts and stops them in order.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.boot.ControlPlane}, {@link
 * dev.hawser.controlplane.boot.HawserConfig}.
 */
@NullMarked
package dev.hawser.controlplane.boot;

import org.jspecify.annotations.NullMarked;
