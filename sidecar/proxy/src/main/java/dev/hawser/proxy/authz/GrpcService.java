package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.hawser.proxy.call.GrpcCall;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.upstream.Upstream;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks by {@code envoy.service.auth.v3.Authorization/Check}. */
final class GrpcService {
  private static final String METHOD = "envoy.service.auth.v3.Authorization/Check";

  private GrpcService() {}

  static SideCall ask(
      ExtAuthzConfig.Service.Grpc service,
      Upstream upstream,
      Question question,
      Consumer<Ruling> then) {
    return GrpcCall.unary(
        question.call().worker(),
        upstream,
        METHOD,
        head -> {
          if (!service.authority().isEmpty()) {
            head.authority(service.authority());
          }
          service.headers().forEach(head::set);
        },
        CheckRequest.newBuilder().setAttributes(attributes(question)).build(),
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

  private static AttributeContext attributes(Question question) {
    Downstream from = question.call().downstream();
    Instant now = Instant.now();
    AttributeContext.Request.Builder request =
        AttributeContext.Request.newBuilder()
            .setTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setHttp(http(question));
    AttributeContext.Builder all =
        AttributeContext.newBuilder()
            .setSource(peer(from.remote(), from.peerText()))
            .setDestination(peer(from.local(), question.self().map(Object::toString).orElse(null)))
            .setRequest(request)
            .putAllContextExtensions(question.extensions());
    Metadata.Builder told = Metadata.newBuilder();
    for (String namespace : question.config().namespaces()) {
      Map<String, Object> words = question.call().metadata().get(namespace);
      if (!words.isEmpty()) {
        told.putFilterMetadata(namespace, struct(words));
      }
    }
    return all.setMetadataContext(told).build();
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

  private static AttributeContext.HttpRequest http(Question question) {
    Http2Headers head = question.call().request();
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setMethod(text(head.method()))
            .setPath(text(head.path()))
            .setHost(text(head.authority()))
            .setScheme(text(head.scheme()))
            .setProtocol("HTTP/2")
            .setId(text(head.get(HeaderNames.X_REQUEST_ID)))
            .putAllHeaders(question.headers(true));
    ByteString body = question.body();
    http.setSize(body == null ? -1 : body.size());
    if (body != null && question.raw()) {
      http.setRawBody(body);
    } else if (body != null) {
      http.setBody(body.toStringUtf8());
    }
    return http.build();
  }

  private static String text(@Nullable CharSequence text) {
    return text == null ? "" : text.toString();
  }

  private static Struct struct(Map<?, ?> map) {
    Struct.Builder struct = Struct.newBuilder();
    map.forEach((key, value) -> struct.putFields(String.valueOf(key), value(value)));
    return struct.build();
  }

  private static Value value(@Nullable Object value) {
    return switch (value) {
      case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
      case Boolean flag -> Value.newBuilder().setBoolValue(flag).build();
      case Map<?, ?> map -> Value.newBuilder().setStructValue(struct(map)).build();
      case List<?> list -> {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(item -> values.addValues(value(item)));
        yield Value.newBuilder().setListValue(values).build();
      }
      case null, default -> Value.newBuilder().setStringValue(String.valueOf(value)).build();
    };
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
