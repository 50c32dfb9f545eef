package dev.hawser.engine.loop;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Looks host names up beside the event loop: the system's resolver blocks, for seconds when its
 * server is away. An address in numbers is not looked up at all.
 */
final class NameLookup extends AddressResolverGroup<InetSocketAddress> {
  static final NameLookup INSTANCE = new NameLookup();

  private NameLookup() {}

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new InetSocketAddressResolver(executor, new Lookup(executor));
  }

  private static final class Lookup extends InetNameResolver {
    Lookup(EventExecutor executor) {
      super(executor);
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) throws Exception {
      byte[] numbers = NetUtil.createByteArrayFromIpAddressString(host);
      if (numbers != null) {
        promise.setSuccess(InetAddress.getByAddress(host, numbers));
        return;
      }
      Thread.ofVirtual()
          .name("name-lookup")
          .start(() -> {
            try {
              promise.trySuccess(all(host).getFirst());
            } catch (UnknownHostException e) {
              promise.tryFailure(e);
            }
          });
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
      Thread.ofVirtual()
          .name("name-lookup")
          .start(() -> {
            try {
              promise.trySuccess(all(host));
            } catch (UnknownHostException e) {
              promise.tryFailure(e);
            }
          });
    }

    /** Returns at least one address. */
    private static List<InetAddress> all(String host) throws UnknownHostException {
      return Arrays.asList(InetAddress.getAllByName(host));
    }
  }
}
