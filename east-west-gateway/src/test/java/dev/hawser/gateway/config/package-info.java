/**
 * Start files, good and bad.
 *
 * <p>Starting points: {@code ConfigReaderTest}.
 */
@NullMarked
package dev.hawser.gateway.config;

import org.jspecify.annotations.NullMarked;
