/**
 * Reads the ClientHello of a connection without taking part in its TLS (RFC 8446 section 4.1.2, RFC
 * 6066 section 3, RFC 7301 section 3.1).
 *
 * <p>Starting points: {@link dev.hawser.engine.hello.ClientHelloParser}, {@link
 * dev.hawser.engine.hello.HelloHandler}.
 */
@NullMarked
package dev.hawser.engine.hello;

import org.jspecify.annotations.NullMarked;
