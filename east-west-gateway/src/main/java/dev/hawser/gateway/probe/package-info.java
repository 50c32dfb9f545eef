/**
 * The two ends of a probe between gateways: asking the others, and answering under the own name.
 *
 * <p>Starting points: {@link dev.hawser.gateway.probe.Prober}.
 */
@NullMarked
package dev.hawser.gateway.probe;

import org.jspecify.annotations.NullMarked;
