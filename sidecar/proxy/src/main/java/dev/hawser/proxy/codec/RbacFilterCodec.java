package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import java.util.Optional;

/** Reads {@code envoy.filters.http.rbac}. */
final class RbacFilterCodec implements FilterCodec {
  @Override
  public Class<? extends Message> type() {
    return RBAC.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    return new FilterConfig.Rbac(
        access(path, Fields.unpack(path, message, RBAC.getDefaultInstance())));
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(RBACPerRoute.class);
  }

  /** Without rules the filter is off for the route. */
  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    RBACPerRoute route = Fields.unpack(path, message, RBACPerRoute.getDefaultInstance());
    SupportedFields.requireOnly(path, route, "rbac");
    return route.hasRbac()
        ? new FilterOverride.Rbac(access(path + ".rbac", route.getRbac()))
        : new FilterOverride.Disabled();
  }

  private static Optional<Access> access(String path, RBAC rbac) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, rbac, "rules");
    return rbac.hasRules()
        ? Optional.of(AccessCodec.access(path + ".rules", rbac.getRules()))
        : Optional.empty();
  }
}
