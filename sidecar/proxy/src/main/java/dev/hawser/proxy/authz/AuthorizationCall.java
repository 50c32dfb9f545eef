package dev.hawser.proxy.authz;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.hawser.proxy.call.GrpcCall;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code envoy.service.auth.v3.Authorization/Check}, whatever is asked about. */
final class AuthorizationCall {
  private static final String METHOD = "envoy.service.auth.v3.Authorization/Check";

  private AuthorizationCall() {}

  static SideCall check(
      ExtAuthzConfig.Service.Grpc service,
      Worker worker,
      Upstream upstream,
      AttributeContext attributes,
      Consumer<Ruling> then) {
    return GrpcCall.unary(
        worker,
        upstream,
        METHOD,
        head -> {
          if (!service.authority().isEmpty()) {
            head.authority(service.authority());
          }
          service.headers().forEach(head::set);
        },
        CheckRequest.newBuilder().setAttributes(attributes).build(),
        CheckResponse.parser(),
        service.timeout(),
        result ->
            then.accept(
                switch (result) {
                  case GrpcCall.Result.Failed<CheckResponse>(String reason) ->
                      new Ruling.Unknown(reason);
                  case GrpcCall.Result.Answered<CheckResponse>(CheckResponse answer) ->
                      ruling(answer);
                }));
  }

  /** Returns who asks for what, and when. */
  static AttributeContext.Builder attributes(
      Downstream from, Optional<SpiffeId> self, AttributeContext.Request.Builder request) {
    Instant now = Instant.now();
    return AttributeContext.newBuilder()
        .setSource(peer(from.remote(), from.peerText()))
        .setDestination(peer(from.local(), self.map(Object::toString).orElse(null)))
        .setRequest(
            request.setTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano())));
  }

  private static AttributeContext.Peer peer(
      @Nullable InetSocketAddress address, @Nullable String principal) {
    AttributeContext.Peer.Builder peer = AttributeContext.Peer.newBuilder();
    if (address != null && address.getAddress() != null) {
      peer.setAddress(
          Address.newBuilder()
              .setSocketAddress(
                  SocketAddress.newBuilder()
                      .setAddress(address.getAddress().getHostAddress())
                      .setPortValue(address.getPort())));
    }
    if (principal != null) {
      peer.setPrincipal(principal);
    }
    return peer.build();
  }

  private static Ruling ruling(CheckResponse answer) {
    Map<String, Object> told = plain(answer.getDynamicMetadata());
    if (answer.getStatus().getCode() != 0 || answer.hasDeniedResponse()) {
      DeniedHttpResponse denied = answer.getDeniedResponse();
      int status = denied.getStatus().getCodeValue();
      return new Ruling.Denied(
          status == 0 ? 403 : status, headers(denied.getHeadersList()), denied.getBody(), told);
    }
    OkHttpResponse ok = answer.getOkResponse();
    if (ok.getQueryParametersToSetCount() + ok.getQueryParametersToRemoveCount() > 0) {
      return new Ruling.Unknown("query parameters are to be changed (expected: headers alone)");
    }
    return new Ruling.Allowed(
        headers(ok.getHeadersList()),
        ok.getHeadersToRemoveList().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList(),
        headers(ok.getResponseHeadersToAddList()),
        told);
  }

  private static List<Ruling.Header> headers(List<HeaderValueOption> options) {
    List<Ruling.Header> headers = new ArrayList<>();
    for (HeaderValueOption option : options) {
      String raw = option.getHeader().getRawValue().toStringUtf8();
      headers.add(
          new Ruling.Header(
              option.getHeader().getKey().toLowerCase(Locale.ROOT),
              raw.isEmpty() ? option.getHeader().getValue() : raw,
              how(option)));
    }
    return headers;
  }

  /** Unlike elsewhere, to replace is the default here: the protocol says so. */
  @SuppressWarnings("deprecation")
  private static Ruling.How how(HeaderValueOption option) {
    if (option.hasAppend()) {
      return option.getAppend().getValue() ? Ruling.How.APPEND : Ruling.How.SET;
    }
    return switch (option.getAppendAction()) {
      case ADD_IF_ABSENT -> Ruling.How.ADD_IF_ABSENT;
      case OVERWRITE_IF_EXISTS -> Ruling.How.OVERWRITE_IF_EXISTS;
      default -> Ruling.How.SET;
    };
  }

  private static Map<String, Object> plain(Struct struct) {
    Map<String, Object> map = new HashMap<>();
    struct
        .getFieldsMap()
        .forEach((key, value) -> {
          Object plain = plain(value);
          if (plain != null) {
            map.put(key, plain);
          }
        });
    return map;
  }

  private static @Nullable Object plain(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> value.getNumberValue();
      case BOOL_VALUE -> value.getBoolValue();
      case STRUCT_VALUE -> plain(value.getStructValue());
      case LIST_VALUE -> {
        List<Object> list = new ArrayList<>();
        for (Value item : value.getListValue().getValuesList()) {
          Object plain = plain(item);
          if (plain != null) {
            list.add(plain);
          }
        }
        yield list;
      }
      default -> null;
    };
  }
}
