package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom to ask whether a request may pass: Envoy's external authorization.
 *
 * @param passOnError whether a request passes when the service does not answer
 * @param tellPassed whether the application is told of that
 * @param errorStatus of the answer when the service does not answer and that denies
 * @param sent headers of the request that the service sees; empty for what the kind of service
 *     usually does
 * @param hidden headers that it does not see in any case
 * @param when a test of what filters said before; the service is asked only if it passes
 * @param namespaces of what filters said before that the service sees
 * @param reroute whether what the service says may change the route
 */
public record ExtAuthzConfig(
    Service service,
    boolean passOnError,
    boolean tellPassed,
    int errorStatus,
    Optional<Body> body,
    Optional<List<TextMatch>> sent,
    List<TextMatch> hidden,
    Optional<Access.Rule.Told> when,
    List<String> namespaces,
    boolean reroute) {
  public ExtAuthzConfig {
    sent = sent.map(List::copyOf);
    hidden = List.copyOf(hidden);
    namespaces = List.copyOf(namespaces);
  }

  /**
   * How much of the body the service sees.
   *
   * @param mayBeCut whether a longer one is cut; else it is refused
   * @param raw whether it is sent as bytes and not as a text
   */
  public record Body(int maxBytes, boolean mayBeCut, boolean raw) {}

  /**
   * What a route says.
   *
   * @param extensions words for the service
   * @param body instead of the filter's own; empty keeps that
   */
  public record ForRoute(Map<String, String> extensions, boolean withoutBody, Optional<Body> body) {
    public ForRoute {
      extensions = Map.copyOf(extensions);
    }
  }

  /** The service. */
  public sealed interface Service {
    String upstream();

    Duration timeout();

    /** By {@code envoy.service.auth.v3.Authorization/Check}. */
    record Grpc(String upstream, String authority, Duration timeout, Map<String, String> headers)
        implements Service {
      public Grpc {
        headers = Map.copyOf(headers);
      }
    }

    /**
     * By the request's own head.
     *
     * @param pathPrefix before the path of the request
     * @param headers that are added
     * @param toUpstream headers of a good answer that replace those of the request
     * @param appendUpstream headers of a good answer that are added to those of the request
     * @param toClient headers of a bad answer that the caller sees; none for all
     * @param toClientOnSuccess headers of a good answer that the caller sees
     */
    record Http(
        String upstream,
        Duration timeout,
        String pathPrefix,
        Map<String, String> headers,
        List<TextMatch> toUpstream,
        List<TextMatch> appendUpstream,
        List<TextMatch> toClient,
        List<TextMatch> toClientOnSuccess)
        implements Service {
      public Http {
        headers = Map.copyOf(headers);
        toUpstream = List.copyOf(toUpstream);
        appendUpstream = List.copyOf(appendUpstream);
        toClient = List.copyOf(toClient);
        toClientOnSuccess = List.copyOf(toClientOnSuccess);
      }
    }
  }
}
