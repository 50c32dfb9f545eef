package dev.hawser.engine.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what a request gets. */
record AdminRoutes(Map<String, AdminHandler> gets, Map<String, AdminHandler> posts) {
  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

  AdminResponse answer(
      HttpMethod method, String uri, @Nullable String host, @Nullable String origin) {
    if (host == null || !isDirect(host)) {
      return AdminResponse.text(
          403, "host: '" + host + "' (expected: an IP address or localhost)\n");
    }
    QueryStringDecoder decoder = new QueryStringDecoder(uri);
    String path = decoder.path();
    boolean reading = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    AdminHandler handler = reading ? gets.get(path) : posts.get(path);
    if (handler == null || (!reading && !method.equals(HttpMethod.POST))) {
      return missing(method, path);
    }
    if (!reading && origin != null) {
      return AdminResponse.text(403, "origin: '" + origin + "' (expected: none)\n");
    }
    try {
      return handler.handle(new AdminRequest(path, decoder.parameters()));
    } catch (RuntimeException e) {
      LOG.warn("An admin request failed path={}", path, e);
      return AdminResponse.text(500, "internal error at " + path + ": " + e + "\n");
    }
  }

  private AdminResponse missing(HttpMethod method, String path) {
    if (gets.containsKey(path) || posts.containsKey(path)) {
      List<String> allowed = new ArrayList<>();
      if (gets.containsKey(path)) {
        allowed.addAll(List.of("GET", "HEAD"));
      }
      if (posts.containsKey(path)) {
        allowed.add("POST");
      }
      String allow = String.join(", ", allowed);
      return AdminResponse.methodNotAllowed(
          "method: " + method + " " + path + " (expected: " + allow + ")\n", allow);
    }
    StringBuilder body = new StringBuilder("path: '" + path + "' (expected: one of)\n");
    new TreeSet<>(gets.keySet()).forEach(p -> body.append("GET ").append(p).append('\n'));
    new TreeSet<>(posts.keySet()).forEach(p -> body.append("POST ").append(p).append('\n'));
    return AdminResponse.text(404, body.toString());
  }

  /** A name of DNS in the Host header means that a page of somebody else asked. */
  private static boolean isDirect(String host) {
    String name = host;
    if (name.startsWith("[")) {
      int end = name.indexOf(']');
      return end > 0 && NetUtil.isValidIpV6Address(name.substring(1, end));
    }
    int colon = name.indexOf(':');
    if (colon >= 0) {
      name = name.substring(0, colon);
    }
    return name.equalsIgnoreCase("localhost") || NetUtil.isValidIpV4Address(name);
  }
}
