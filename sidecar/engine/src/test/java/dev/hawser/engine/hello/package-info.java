/**
 * Every prefix, every cut and every kind of broken ClientHello.
 *
 * <p>Starting points: {@code ClientHelloParserTest}, {@code CapturedHellos}.
 */
@NullMarked
package dev.hawser.engine.hello;

import org.jspecify.annotations.NullMarked;
