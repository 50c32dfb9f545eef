/**
 * Tests of addresses.
 *
 * <p>Starting points: {@link dev.hawser.proxy.capture.MadeUpAddressesTest}.
 */
@NullMarked
package dev.hawser.proxy.capture;

import org.jspecify.annotations.NullMarked;
