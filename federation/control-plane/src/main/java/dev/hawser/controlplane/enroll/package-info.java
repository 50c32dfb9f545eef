/**
 * The cluster's own authority and bundles, and how workloads get their first identity and keep it.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.enroll.TrustState}, {@link
 * dev.hawser.controlplane.enroll.EnrollmentService}.
 */
@NullMarked
package dev.hawser.controlplane.enroll;

import org.jspecify.annotations.NullMarked;
