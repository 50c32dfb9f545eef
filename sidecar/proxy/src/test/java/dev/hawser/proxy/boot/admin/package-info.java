/**
 * The admin's pages as users of Envoy read them.
 *
 * <p>Starting points: {@link dev.hawser.proxy.boot.admin.AdminPagesTest}.
 */
@NullMarked
package dev.hawser.proxy.boot.admin;

import org.jspecify.annotations.NullMarked;
