package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderText;
import dev.hawser.proxy.model.HeaderText.Part;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the changes of a head that a route asks for. */
final class HeaderEditor {
  private final RouteContext context;
  private final String route;
  private final String upstream;
  private final Http2Headers request;
  private final @Nullable Http2Headers response;

  /**
   * Makes an editor for one request.
   *
   * @param response null while there is none
   */
  HeaderEditor(
      RouteContext context,
      String route,
      String upstream,
      Http2Headers request,
      @Nullable Http2Headers response) {
    this.context = context;
    this.route = route;
    this.upstream = upstream;
    this.request = request;
    this.response = response;
  }

  /** Changes a head, level by level. */
  void apply(List<List<HeaderOp>> levels, Http2Headers head) {
    for (int i = 0; i < levels.size(); i++) {
      level(levels.get(i), head);
    }
  }

  /**
   * Makes the changes of one level as Envoy does: what is removed goes first; whether a header is
   * there, and what values say of others, is then found out for all before any is put; those that
   * replace come before those that are added.
   */
  private void level(List<HeaderOp> ops, Http2Headers head) {
    List<Said> replaced = List.of();
    List<Said> added = List.of();
    for (int i = 0; i < ops.size(); i++) {
      switch (ops.get(i)) {
        case HeaderOp.Remove(String name) -> head.remove(name);
        case HeaderOp.Put put -> {
          String value = text(put.value());
          if (isSaid(put, value, head)) {
            boolean replaces =
                put.how() == HeaderOp.How.OVERWRITE_IF_EXISTS_OR_ADD
                    || put.how() == HeaderOp.How.OVERWRITE_IF_EXISTS;
            if (replaces) {
              replaced = with(replaced, new Said(put.name(), value));
            } else {
              added = with(added, new Said(put.name(), value));
            }
          }
        }
      }
    }
    for (int i = 0; i < replaced.size(); i++) {
      head.set(replaced.get(i).name(), replaced.get(i).value());
    }
    for (int i = 0; i < added.size(); i++) {
      head.add(added.get(i).name(), added.get(i).value());
    }
  }

  /** A line of a head. */
  private record Said(String name, String value) {}

  private static List<Said> with(List<Said> list, Said one) {
    if (list.isEmpty()) {
      return List.of(one);
    }
    List<Said> all = list.size() == 1 ? new ArrayList<>(list) : list;
    all.add(one);
    return all;
  }

  private static boolean isSaid(HeaderOp.Put put, String value, Http2Headers head) {
    if (value.isEmpty() && !put.evenEmpty()) {
      return false;
    }
    return switch (put.how()) {
      case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
      case ADD_IF_ABSENT -> !head.contains(put.name());
      case OVERWRITE_IF_EXISTS -> head.contains(put.name());
    };
  }

  /** Says something in a head. */
  static void put(HeaderOp.Put put, String value, Http2Headers head) {
    if (isSaid(put, value, head)) {
      switch (put.how()) {
        case APPEND_IF_EXISTS_OR_ADD, ADD_IF_ABSENT -> head.add(put.name(), value);
        case OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS -> head.set(put.name(), value);
      }
    }
  }

  private String text(HeaderText text) {
    List<Part> parts = text.parts();
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Literal(String literal)) {
      return literal;
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      String value =
          switch (part) {
            case Part.Literal(String literal) -> literal;
            case Part.RequestHeader(String name, String otherwise, int max) ->
                header(request, name, otherwise, max);
            case Part.ResponseHeader(String name, String otherwise, int max) ->
                response == null ? "" : header(response, name, otherwise, max);
            case Part.Said(String namespace, List<String> path) -> said(namespace, path);
            case Part.Known(HeaderText.Fact fact) -> fact(fact);
          };
      out.append(value);
    }
    return out.toString();
  }

  private static String header(Http2Headers head, String name, String otherwise, int max) {
    String value = HeaderValue.first(head, name);
    if (value == null && !otherwise.isEmpty()) {
      value = HeaderValue.first(head, otherwise);
    }
    if (value == null) {
      return "";
    }
    return value.length() > max ? value.substring(0, max) : value;
  }

  /** A claim of a token may hold anything; a head must not be ended by it. */
  private String said(String namespace, List<String> path) {
    Metadata metadata = context.metadata();
    Object value = metadata == null ? null : metadata.get(namespace, path);
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean fits = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    return fits ? text : "";
  }

  private String fact(HeaderText.Fact fact) {
    Downstream downstream = context.downstream();
    return switch (fact) {
      case DOWNSTREAM_REMOTE_ADDRESS, DOWNSTREAM_DIRECT_REMOTE_ADDRESS ->
          address(downstream.remote());
      case DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT, DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT ->
          host(downstream.remote());
      case DOWNSTREAM_REMOTE_PORT, DOWNSTREAM_DIRECT_REMOTE_PORT -> port(downstream.remote());
      case DOWNSTREAM_LOCAL_ADDRESS -> address(downstream.local());
      case DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT -> host(downstream.local());
      case DOWNSTREAM_LOCAL_PORT -> port(downstream.local());
      case DOWNSTREAM_PEER_URI_SAN -> downstream.peerText() == null ? "" : downstream.peerText();
      case REQUESTED_SERVER_NAME -> downstream.serverName();
      case PROTOCOL -> context.protocol();
      case ROUTE_NAME -> route;
      case UPSTREAM_CLUSTER -> upstream;
      case RESPONSE_CODE -> response == null ? "" : String.valueOf(response.status());
    };
  }

  private static String address(@Nullable InetSocketAddress address) {
    String host = host(address);
    if (address == null) {
      return host;
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static String host(@Nullable InetSocketAddress address) {
    return address == null || address.getAddress() == null
        ? ""
        : address.getAddress().getHostAddress();
  }

  private static String port(@Nullable InetSocketAddress address) {
    return address == null ? "" : Integer.toString(address.getPort());
  }
}
