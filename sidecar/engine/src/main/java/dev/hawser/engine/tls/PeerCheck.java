package dev.hawser.engine.tls;

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
    LiveConnections.Connection connection;
    try {
      connection = connection(ctx, handler.engine().getSession());
    } catch (SSLPeerUnverifiedException | CertificateFormatException e) {
      refuse(ctx, new Verdict.Refused(Reason.NO_CERTIFICATE, String.valueOf(e.getMessage())));
      return;
    }
    LiveConnections live = tls.live();
    LiveConnections.Ground ground = live.ground();
    Verdict verdict = live.judge(connection, ground.bundles());
    if (verdict instanceof Verdict.Trusted) {
      IdentitySource.Registration watch = live.watch(connection);
      ctx.channel().closeFuture().addListener(_ -> watch.close());
      verdict = live.judgeAgain(connection, verdict, ground);
    }
    switch (verdict) {
      case Verdict.Trusted(SpiffeId id) -> pass(ctx, handshake, id, handler);
      case Verdict.Refused refused -> refuse(ctx, refused);
    }
  }

  private LiveConnections.Connection connection(ChannelHandlerContext ctx, SSLSession session)
      throws SSLPeerUnverifiedException, CertificateFormatException {
    return new LiveConnections.Connection(
        Certificates.ofPeer(session.getPeerCertificates()),
        peerRole,
        expected,
        tls.clock().instant(),
        reason -> {
          LOG.info(
              "A live peer is no longer trusted remote={} reason={}",
              ctx.channel().remoteAddress(),
              reason);
          // Not through the whole pipeline, where a protocol would end calmly.
          var _ = ctx.close();
        });
  }

  private void pass(
      ChannelHandlerContext ctx,
      SslHandshakeCompletionEvent handshake,
      SpiffeId id,
      SslHandler handler) {
    ctx.channel().attr(PEER).set(id);
    passed = true;
    verified.trySuccess(id);
    ctx.fireUserEventTriggered(new PeerVerified(id, handler.applicationProtocol()));
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
