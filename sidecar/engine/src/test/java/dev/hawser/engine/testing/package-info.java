/**
 * Fixtures for tests of proxies and gateways; published as this module's test-jar.
 *
 * <p>Starting points: {@link dev.hawser.engine.testing.FakeControlPlane}, {@link
 * dev.hawser.engine.testing.MutableIdentity}.
 */
@NullMarked
package dev.hawser.engine.testing;

import org.jspecify.annotations.NullMarked;
