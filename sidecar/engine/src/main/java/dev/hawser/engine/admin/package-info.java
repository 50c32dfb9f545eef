/**
 * The small HTTP server that shows what a proxy knows and does.
 *
 * <p>Starting points: {@link dev.hawser.engine.admin.AdminServer}.
 */
@NullMarked
package dev.hawser.engine.admin;

import org.jspecify.annotations.NullMarked;
