/**
 * What the admin port shows, in the shapes that users of Envoy know: text, or with {@code
 * ?format=json} the messages of {@code envoy.admin.v3}. Nothing here changes the data plane.
 *
 * <p>Starting points: {@link dev.hawser.proxy.boot.admin.ClusterPages}, {@link
 * dev.hawser.proxy.boot.admin.ListenerPages}.
 */
@NullMarked
package dev.hawser.proxy.boot.admin;

import org.jspecify.annotations.NullMarked;
