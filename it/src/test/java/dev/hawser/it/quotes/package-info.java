/**
 * A gRPC service and its caller as programs of their own, made of grpc-java and nothing of ours.
 *
 * <p>Starting points: {@link dev.hawser.it.quotes.QuoteServer}, {@link
 * dev.hawser.it.quotes.QuoteClient}.
 */
@NullMarked
package dev.hawser.it.quotes;

import org.jspecify.annotations.NullMarked;
