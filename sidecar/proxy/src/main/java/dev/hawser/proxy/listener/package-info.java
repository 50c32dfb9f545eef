/**
 * The listening sockets: opened, changed and closed as the configuration says, without losing a
 * connection that may stay.
 *
 * <p>Starting points: {@link dev.hawser.proxy.listener.ListenerSet}.
 */
@NullMarked
package dev.hawser.proxy.listener;

import org.jspecify.annotations.NullMarked;
