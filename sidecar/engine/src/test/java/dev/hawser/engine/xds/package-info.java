/**
 * The clients against a real gRPC server over mutual TLS.
 *
 * <p>Starting points: {@code AdsClientTest}, {@code FakeControlPlane}.
 */
@NullMarked
package dev.hawser.engine.xds;

import org.jspecify.annotations.NullMarked;
