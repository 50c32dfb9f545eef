package dev.hawser.engine.loop;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a listening socket take no new handshakes while those under way come to their end. Closing it
 * alone would reset what the kernel has connected and nobody has accepted yet. A filter in the
 * kernel drops segments with SYN and passes all others (socket(7), {@code SO_ATTACH_FILTER}).
 */
final class LastCall {
  private static final Logger LOG = LoggerFactory.getLogger(LastCall.class);
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  /** {@code struct sock_fprog} where pointers have eight octets. */
  private static final int PROGRAM_OCTETS = 16;

  private static final int POINTER_AT = 8;
  private static final RawUnixChannelOption ATTACH =
      new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM_OCTETS);

  /** Load an octet, jump if a bit is set, return: classic BPF. */
  private static final short LOAD_OCTET = 0x30;

  private static final short JUMP_IF_SET = 0x45;
  private static final short RETURN = 0x06;

  /** Where a TCP header has its flags, and which one begins a connection (RFC 9293 section 3.1). */
  private static final int FLAGS_AT = 13;

  private static final int SYN = 0x02;
  private static final int STEP_OCTETS = 8;
  private static final int STEPS = 4;

  private LastCall() {}

  /** Does it where it is possible: with epoll. */
  static void on(Channel listening) {
    if (!(listening instanceof EpollServerSocketChannel) || !listening.isOpen()) {
      return;
    }
    ByteBuffer program =
        ByteBuffer.allocateDirect(STEPS * STEP_OCTETS).order(ByteOrder.nativeOrder());
    step(program, LOAD_OCTET, 0, FLAGS_AT);
    step(program, JUMP_IF_SET, 1, SYN);
    step(program, RETURN, 0, 0);
    step(program, RETURN, 0, Integer.MAX_VALUE);
    ByteBuffer value = ByteBuffer.allocateDirect(PROGRAM_OCTETS).order(ByteOrder.nativeOrder());
    value.putShort((short) STEPS).putLong(POINTER_AT, Buffer.memoryAddress(program));
    value.position(0);
    try {
      listening.config().setOption(ATTACH, value);
    } catch (RuntimeException e) {
      LOG.info("A listening socket will be closed without a last call cause={}", e.toString());
    } finally {
      Reference.reachabilityFence(program);
    }
  }

  private static void step(ByteBuffer program, short code, int skipIfNot, int value) {
    program.putShort(code).put((byte) 0).put((byte) skipIfNot).putInt(value);
  }
}
