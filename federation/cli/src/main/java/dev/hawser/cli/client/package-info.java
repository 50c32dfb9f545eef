/**
 * Talks to a control plane's administration API.
 *
 * <p>Starting points: {@link dev.hawser.cli.client.AdminApi}.
 */
@NullMarked
package dev.hawser.cli.client;

import org.jspecify.annotations.NullMarked;
