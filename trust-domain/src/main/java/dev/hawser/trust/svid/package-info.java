/**
 * A workload's own identity: its key, its certificate, where they are kept and when they are
 * renewed.
 *
 * <p>Starting points: {@link dev.hawser.trust.svid.Svid}, {@link dev.hawser.trust.svid.SvidStore},
 * {@link dev.hawser.trust.svid.RenewalSchedule}.
 */
@NullMarked
package dev.hawser.trust.svid;

import org.jspecify.annotations.NullMarked;
