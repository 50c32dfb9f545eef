/**
 * Tests of a workload's identity against a real enrolment server.
 *
 * <p>Starting points: {@link dev.hawser.host.identity.IdentityClientTest}.
 */
@NullMarked
package dev.hawser.host.identity;

import org.jspecify.annotations.NullMarked;
