/**
 * Keys and certificates on disk and in time.
 *
 * <p>Starting points: {@link dev.hawser.trust.svid.SvidStoreTest}, {@link
 * dev.hawser.trust.svid.RenewalScheduleTest}.
 */
@NullMarked
package dev.hawser.trust.svid;

import org.jspecify.annotations.NullMarked;
