package dev.hawser.host.identity;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import java.time.Instant;

/**
 * The whole of what a workload has, replaced as one.
 *
 * @param received when the SVID was received or loaded
 */
record Identity(Svid svid, TrustBundles bundles, Enrolment enrolment, Instant received) {}
