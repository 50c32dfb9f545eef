package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.Observing;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener may ask to be told, and what is refused by its path. */
class ObservingRefusalTest {
  private static final String OTEL =
      "{'@type':'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig',"
          + "'grpc_service':{'envoy_grpc':{'cluster_name':'c'}}";

  private static final String FILE =
      "{'@type':'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',"
          + "'path':'/dev/stdout'";

  private static Observing read(String fields) throws Exception {
    HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder();
    String json =
        "{\"route_config\":{\"name\":\"r\"},\"http_filters\":[" + router() + "]," + fields;
    JsonFormat.parser()
        .usingTypeRegistry(
            TypeRegistry.newBuilder()
                .add(OpenTelemetryConfig.getDescriptor())
                .add(ZipkinConfig.getDescriptor())
                .add(FileAccessLog.getDescriptor())
                .add(StdoutAccessLog.getDescriptor())
                .add(io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.getDescriptor())
                .build())
        .merge(json.replace('\'', '"') + "}", manager);
    return HttpCodec.content("at", manager.build()).observing();
  }

  private static String router() {
    return "{'name':'router','typed_config':{'@type':"
        + "'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'}}";
  }

  @Test
  void whoSaysNothingObservesNothing() throws Exception {
    assertThat(read("'stat_prefix':'x'")).isEqualTo(Observing.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'tracing':{} | at.tracing.provider",
        "'tracing':{'verbose':true} | at.tracing.verbose",
        "'tracing':{'random_sampling':{'value':101},'provider':P} | at.tracing.random_sampling",
        "'tracing':{'max_path_tag_length':5000,'provider':P} | at.tracing.max_path_tag_length",
        "'tracing':{'custom_tags':[{'tag':'a','metadata':{}}],'provider':P}"
            + " | at.tracing.custom_tags[0].metadata",
        "'tracing':{'custom_tags':[{'tag':'a'}],'provider':P} | at.tracing.custom_tags[0]",
        "'tracing':{'provider':{'name':'z','typed_config':{'@type':"
            + "'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig'}}}"
            + " | at.tracing.provider.typed_config",
        "'tracing':{'provider':{'name':'o','typed_config':O,'sampler':{'name':'s'}}}}"
            + " | at.tracing.provider.typed_config.sampler",
        "'tracing':{'provider':{'name':'o','typed_config':O,'resource_detectors':[{'name':'s'}]}}}"
            + " | at.tracing.provider.typed_config.resource_detectors",
        "'tracing':{'provider':{'name':'o','typed_config':O,'http_service':{}}}}"
            + " | at.tracing.provider.typed_config",
        "'access_log':[{'typed_config':O}}] | at.access_log[0].typed_config",
        "'access_log':[{'typed_config':F,'format':'%NOPE%'}}] | at.access_log[0].typed_config.format",
        "'access_log':[{'typed_config':F,'format':'%REQ(x'}}] | at.access_log[0].typed_config.format",
        "'access_log':[{'typed_config':F,'format':'%START_TIME(%Q)%'}}]"
            + " | at.access_log[0].typed_config.format",
        "'access_log':[{'typed_config':F,'log_format':{'content_type':'x'}}}]"
            + " | at.access_log[0].typed_config.log_format.content_type",
        "'access_log':[{'typed_config':F,'log_format':{}}}]"
            + " | at.access_log[0].typed_config.log_format",
        "'access_log':[{'typed_config':F,'log_format':{'json_format':{'a':{'b':'%NO%'}}}}}]"
            + " | at.access_log[0].typed_config.log_format.json_format.a.b",
        "'access_log':[{'filter':{'metadata_filter':{}},'typed_config':F}}]"
            + " | at.access_log[0].filter.metadata_filter",
        "'access_log':[{'filter':{'and_filter':{'filters':[{'not_health_check_filter':{}}]}},"
            + "'typed_config':F}}] | at.access_log[0].filter.and_filter.filters",
        "'access_log_options':{'flush_access_log_on_new_request':true} | at.access_log_options",
      })
  void whatIsNotSupportedIsRefusedByItsPath(String fields, String path) {
    String json =
        fields
            .replace(":P}", ":{'name':'o','typed_config':" + OTEL + "}}}")
            .replace(":O", ":" + OTEL)
            .replace(":F", ":" + FILE);

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining(path);
  }

  @ParameterizedTest
  @CsvSource({"/etc/passwd", "../up", "a/b", ".hidden", "''"})
  void aLogIsNoFileOfTheHost(String name) {
    String log = "'access_log':[{'typed_config':" + FILE.replace("/dev/stdout", name) + "}}]";

    assertThatThrownBy(() -> read(log))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("at.access_log[0].typed_config.path");
  }
}
