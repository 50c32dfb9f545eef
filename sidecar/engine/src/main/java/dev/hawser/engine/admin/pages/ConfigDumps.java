package dev.hawser.engine.admin.pages;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.xds.HeldResource;
import dev.hawser.engine.xds.TypeUrls;
import io.envoyproxy.envoy.admin.v3.ClustersConfigDump;
import io.envoyproxy.envoy.admin.v3.EndpointsConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.admin.v3.RoutesConfigDump;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code /config_dump}: what came by xDS and is in force, as Envoy's {@code ConfigDump}, but for
 * trust (SDS), of which {@code /certs} tells.
 *
 * <p>{@code ?include_eds} adds the endpoints, as in Envoy; {@code ?resource=dynamic_listeners} and
 * the like give one kind alone.
 */
public final class ConfigDumps {
  private static final String TYPES = "type.googleapis.com/envoy.admin.v3.";

  /** Names are looked for in what a message says of itself; one that is long is of no name. */
  private static final int MAX_FIELD = 64;

  private ConfigDumps() {}

  /** Answers a request. */
  public static AdminResponse answer(
      AdminRequest request, Map<String, Map<String, HeldResource>> held) {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("dynamic_active_clusters", section(held, TypeUrls.CLUSTER));
    kinds.put("dynamic_endpoint_configs", section(held, TypeUrls.ENDPOINT));
    kinds.put("dynamic_listeners", section(held, TypeUrls.LISTENER));
    kinds.put("dynamic_route_configs", section(held, TypeUrls.ROUTE));
    kinds.put("dynamic_virtual_hosts", section(held, TypeUrls.VIRTUAL_HOST));
    List<String> asked = request.query().getOrDefault("resource", List.of());
    if (!asked.isEmpty()) {
      String only = kinds.get(asked.getFirst());
      return only == null
          ? AdminResponse.text(
              400, "resource: '" + shown(asked) + "' (expected: " + kinds.keySet() + ")\n")
          : AdminResponse.json(200, "{\"configs\": [" + only + "]}\n");
    }
    List<String> dumps = new ArrayList<>();
    dumps.add(dump("ClustersConfigDump", "dynamic_active_clusters", kinds));
    if (request.query().containsKey("include_eds")) {
      dumps.add(dump("EndpointsConfigDump", "dynamic_endpoint_configs", kinds));
    }
    dumps.add(dump("ListenersConfigDump", "dynamic_listeners", kinds));
    dumps.add(dump("RoutesConfigDump", "dynamic_route_configs", kinds));
    String hosts = kinds.getOrDefault("dynamic_virtual_hosts", "");
    if (!hosts.isEmpty()) {
      dumps.add(
          "{\"@type\": \"type.googleapis.com/dev.hawser.VirtualHostsDump\",\n\"dynamic_virtual_hosts\": ["
              + hosts
              + "]}");
    }
    return AdminResponse.json(200, "{\"configs\": [\n" + String.join(",\n", dumps) + "]}\n");
  }

  private static String shown(List<String> asked) {
    String text = Pattern.compile("[^\\w.]").matcher(asked.getFirst()).replaceAll("?");
    return text.length() > MAX_FIELD ? text.substring(0, MAX_FIELD) : text;
  }

  private static String dump(String type, String field, Map<String, String> kinds) {
    return "{\"@type\": \""
        + TYPES
        + type
        + "\",\n\""
        + field
        + "\": ["
        + kinds.getOrDefault(field, "")
        + "]}";
  }

  private static String section(Map<String, Map<String, HeldResource>> held, String type) {
    StringBuilder out = new StringBuilder();
    String comma = "\n";
    for (Map.Entry<String, HeldResource> entry : held.getOrDefault(type, Map.of()).entrySet()) {
      out.append(comma).append(one(entry.getKey(), entry.getValue()));
      comma = ",\n";
    }
    return out.toString();
  }

  /** One that cannot be shown must not hide the others. */
  private static String one(String name, HeldResource held) {
    try {
      return AdminJson.tryWrite(wrapped(name, held));
    } catch (InvalidProtocolBufferException e) {
      return "{\"name\": "
          + quoted(name)
          + ", \"not_shown\": "
          + quoted(String.valueOf(e.getMessage()))
          + "}";
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + "\"";
  }

  private static Message wrapped(String name, HeldResource held) {
    Any any = held.resource().getResource();
    String version = held.resource().getVersion();
    var since = Timestamps.fromMillis(held.since().toEpochMilli());
    return switch (any.getTypeUrl()) {
      case TypeUrls.LISTENER ->
          ListenersConfigDump.DynamicListener.newBuilder()
              .setName(name)
              .setActiveState(
                  ListenersConfigDump.DynamicListenerState.newBuilder()
                      .setVersionInfo(version)
                      .setListener(any)
                      .setLastUpdated(since))
              .build();
      case TypeUrls.CLUSTER ->
          ClustersConfigDump.DynamicCluster.newBuilder()
              .setVersionInfo(version)
              .setCluster(any)
              .setLastUpdated(since)
              .build();
      case TypeUrls.ENDPOINT ->
          EndpointsConfigDump.DynamicEndpointConfig.newBuilder()
              .setVersionInfo(version)
              .setEndpointConfig(any)
              .setLastUpdated(since)
              .build();
      default ->
          RoutesConfigDump.DynamicRouteConfig.newBuilder()
              .setVersionInfo(version)
              .setRouteConfig(any)
              .setLastUpdated(since)
              .build();
    };
  }
}
