package dev.hawser.proxy.model;

import java.util.List;

/** The value of a header: texts, and facts that are put in for each request. */
public record HeaderText(List<Part> parts) {
  public HeaderText {
    parts = List.copyOf(parts);
  }

  /** A part of it. */
  public sealed interface Part {
    /** Always the same. */
    record Literal(String text) implements Part {}

    /**
     * A header of the request.
     *
     * @param otherwise looked at if there is no such header; empty for none
     * @param maxLength the rest is cut off
     */
    record RequestHeader(String name, String otherwise, int maxLength) implements Part {}

    /** A header of the response; the parameters are the same. */
    record ResponseHeader(String name, String otherwise, int maxLength) implements Part {}

    /** What a filter has said. */
    record Said(String namespace, List<String> path) implements Part {
      public Said {
        path = List.copyOf(path);
      }
    }

    /** Something that is known of the request. */
    record Known(Fact fact) implements Part {}
  }

  /** What is known of a request, in Envoy's words. */
  public enum Fact {
    DOWNSTREAM_REMOTE_ADDRESS,
    DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_REMOTE_PORT,
    DOWNSTREAM_DIRECT_REMOTE_ADDRESS,
    DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_DIRECT_REMOTE_PORT,
    DOWNSTREAM_LOCAL_ADDRESS,
    DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_LOCAL_PORT,
    DOWNSTREAM_PEER_URI_SAN,
    REQUESTED_SERVER_NAME,
    PROTOCOL,
    ROUTE_NAME,
    UPSTREAM_CLUSTER,
    RESPONSE_CODE
  }
}
