package dev.hawser.engine.tls;

import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * User event of a channel whose peer has been verified; application bytes come only after it.
 *
 * @param peer who it is
 * @param alpn the application protocol that both sides agreed on, or null
 */
public record PeerVerified(SpiffeId peer, @Nullable String alpn) {}
