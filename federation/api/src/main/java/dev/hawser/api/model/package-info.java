/**
 * What every part of Hawser means by a service, an endpoint and where it was learned.
 *
 * <p>Starting points: {@link dev.hawser.api.model.Service}, {@link dev.hawser.api.model.Endpoint}.
 */
@NullMarked
package dev.hawser.api.model;

import org.jspecify.annotations.NullMarked;
