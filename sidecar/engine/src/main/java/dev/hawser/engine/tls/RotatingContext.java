package dev.hawser.engine.tls;

import dev.hawser.trust.svid.Svid;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A context that is built anew when the identity has changed. Connections made with the old one
 * keep it alive, natively counted, until they end.
 */
final class RotatingContext {
  private final MeshTls tls;
  private final Builder builder;
  private volatile @Nullable Built built;

  private record Built(Svid svid, SslContext context) {}

  /** Makes a context for one certificate. */
  @FunctionalInterface
  interface Builder {
    SslContext build(Svid svid) throws SSLException;
  }

  /** Makes a handler from a context. */
  @FunctionalInterface
  interface HandlerMaker {
    SslHandler make(SslContext context);
  }

  RotatingContext(MeshTls tls, Builder builder) {
    this.tls = tls;
    this.builder = builder;
  }

  /** Returns a new handler of the present identity. */
  SslHandler handler(Channel channel, HandlerMaker maker) throws SSLException {
    while (true) {
      SslContext context = current();
      try {
        ReferenceCountUtil.retain(context);
      } catch (IllegalReferenceCountException _) {
        continue; // Another thread has replaced it in between; there is a newer one.
      }
      try {
        SslHandler handler = maker.make(context);
        handler.setHandshakeTimeoutMillis(tls.options().handshakeTimeout().toMillis());
        return handler;
      } finally {
        ReferenceCountUtil.release(context);
      }
    }
  }

  @SuppressWarnings(
      "ReferenceEquality") // an identity source returns the same value until it changes
  private SslContext current() throws SSLException {
    Svid svid = tls.requireSvid();
    Built present = built;
    return present != null && present.svid() == svid ? present.context() : rebuild(svid);
  }

  @SuppressWarnings("ReferenceEquality")
  private synchronized SslContext rebuild(Svid svid) throws SSLException {
    Built present = built;
    if (present != null && present.svid() == svid) {
      return present.context();
    }
    Built next = new Built(svid, builder.build(svid));
    built = next;
    if (present != null) {
      ReferenceCountUtil.release(present.context());
    }
    return next.context();
  }

  /** Gives up the context; connections that stand keep theirs. */
  synchronized void close() {
    Built present = built;
    built = null;
    if (present != null) {
      ReferenceCountUtil.release(present.context());
    }
  }
}
