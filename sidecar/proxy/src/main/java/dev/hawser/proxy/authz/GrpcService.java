package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.upstream.Upstream;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks about requests by {@code envoy.service.auth.v3.Authorization/Check}. */
final class GrpcService {
  private GrpcService() {}

  static SideCall ask(
      ExtAuthzConfig.Service.Grpc service,
      Upstream upstream,
      Question question,
      Consumer<Ruling> then) {
    return AuthorizationCall.check(
        service, question.worker(), upstream, attributes(question), then);
  }

  private static AttributeContext attributes(Question question) {
    AttributeContext.Builder all =
        AuthorizationCall.attributes(
                question.downstream(),
                question.self(),
                AttributeContext.Request.newBuilder().setHttp(http(question)))
            .putAllContextExtensions(question.extensions());
    Metadata.Builder told = Metadata.newBuilder();
    for (String namespace : question.config().namespaces()) {
      Map<String, Object> words = question.told().get(namespace);
      if (!words.isEmpty()) {
        told.putFilterMetadata(namespace, struct(words));
      }
    }
    return all.setMetadataContext(told).build();
  }

  private static AttributeContext.HttpRequest http(Question question) {
    Http2Headers head = question.request();
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
}
