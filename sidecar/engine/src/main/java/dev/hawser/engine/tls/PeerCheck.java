package dev.hawser.engine.tls;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.PeerRefusedException;
import dev.hawser.trust.verify.Reason;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the peer after every handshake. A resumed session never reaches the trust manager, so this
 * is the place where a withdrawn trust ends it. Until the verdict nothing passes up the pipeline,
 * and after a bad one nothing ever does.
 */
public final class PeerCheck extends ChannelInboundHandlerAdapter {
  /** Who is at the other end; set once the peer is verified. */
  public static final AttributeKey<SpiffeId> PEER = AttributeKey.valueOf("hawser.peer");

  private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);

  private final MeshTls tls;
  private final Role peerRole;
  private final ExpectedPeers expected;
  private final Promise<SpiffeId> verified;
  private boolean passed;

  PeerCheck(MeshTls tls, Role peerRole, ExpectedPeers expected, Promise<SpiffeId> verified) {
    this.tls = tls;
    this.peerRole = peerRole;
    this.expected = expected;
    this.verified = verified;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      ctx.fireUserEventTriggered(event);
    } else if (handshake.isSuccess()) {
      judge(ctx, handshake);
    } else {
      verified.tryFailure(handshake.cause());
      ctx.fireUserEventTriggered(event);
      var _ = ctx.close();
    }
  }

  private void judge(ChannelHandlerContext ctx, SslHandshakeCompletionEvent handshake) {
    SslHandler handler = ctx.pipeline().get(SslHandler.class);
    SSLSession session = handler.engine().getSession();
    List<X509Certificate> chain = List.of();
    Verdict verdict;
    Instant now = tls.clock().instant();
    TrustBundles bundles = tls.identity().bundles();
    try {
      chain = Certificates.ofPeer(session.getPeerCertificates());
      verdict = tls.verifier().verify(chain, bundles, now, peerRole);
    } catch (SSLPeerUnverifiedException | CertificateFormatException e) {
      verdict = new Verdict.Refused(Reason.NO_CERTIFICATE, String.valueOf(e.getMessage()));
    }
    if (verdict instanceof Verdict.Trusted(SpiffeId id) && !expected.test(id)) {
      verdict =
          new Verdict.Refused(
              Reason.UNEXPECTED_PEER, id + " (expected: " + expected.describe() + ")");
    }
    switch (verdict) {
      case Verdict.Trusted(SpiffeId id) -> pass(ctx, handshake, id, chain, now, bundles);
      case Verdict.Refused refused -> refuse(ctx, refused);
    }
  }

  private void pass(
      ChannelHandlerContext ctx,
      SslHandshakeCompletionEvent handshake,
      SpiffeId id,
      List<X509Certificate> chain,
      Instant now,
      TrustBundles by) {
    ctx.channel().attr(PEER).set(id);
    IdentitySource.Registration watch =
        tls.live()
            .watch(
                new LiveConnections.Connection(
                    chain,
                    peerRole,
                    expected,
                    now,
                    reason -> {
                      LOG.info(
                          "A live peer is no longer trusted remote={} reason={}",
                          ctx.channel().remoteAddress(),
                          reason);
                      // Not through the whole pipeline, where a protocol would end calmly.
                      var _ = ctx.close();
                    }));
    ctx.channel().closeFuture().addListener(_ -> watch.close());
    // They may have changed between the look and the watch, and whoever changed them has looked.
    TrustBundles present = tls.identity().bundles();
    if (!present.equals(by)
        && tls.verifier().verify(chain, present, now, peerRole)
            instanceof Verdict.Refused refused) {
      refuse(ctx, refused);
      return;
    }
    passed = true;
    String alpn = ctx.pipeline().get(SslHandler.class).applicationProtocol();
    verified.trySuccess(id);
    ctx.fireUserEventTriggered(new PeerVerified(id, alpn));
    ctx.fireUserEventTriggered(handshake);
  }

  private void refuse(ChannelHandlerContext ctx, Verdict.Refused refused) {
    LOG.info("A peer was refused remote={} reason={}", ctx.channel().remoteAddress(), refused);
    PeerRefusedException cause = new PeerRefusedException(refused);
    verified.tryFailure(cause);
    ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(cause));
    var _ = ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (passed) {
      ctx.fireChannelRead(msg);
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (passed) {
      ctx.fireExceptionCaught(cause);
    } else {
      // A stranger's broken handshake is not worth more than this; its event tells the rest.
      LOG.debug(
          "A handshake broke off remote={} cause={}",
          ctx.channel().remoteAddress(),
          cause.toString());
      var _ = ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    verified.tryFailure(new SSLPeerUnverifiedException("closed before the handshake was over"));
    ctx.fireChannelInactive();
  }
}
