/**
 * The admin server over real HTTP.
 *
 * <p>Starting points: {@code AdminServerTest}.
 */
@NullMarked
package dev.hawser.engine.admin;

import org.jspecify.annotations.NullMarked;
