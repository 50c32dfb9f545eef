/**
 * What the proxy answers by itself: each answer says what is the matter, to programs and to people.
 *
 * <p>Starting points: {@link dev.hawser.proxy.reply.Replies}, {@link
 * dev.hawser.proxy.reply.LocalReply}.
 */
@NullMarked
package dev.hawser.proxy.reply;

import org.jspecify.annotations.NullMarked;
