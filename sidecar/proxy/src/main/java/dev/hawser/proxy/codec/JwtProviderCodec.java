package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.jwt.ClaimRules;
import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.model.JwtConfig;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one who issues tokens. */
final class JwtProviderCodec {
  private static final Duration DEFAULT_FRESH = Duration.ofMinutes(10);
  private static final Duration DEFAULT_BACKOFF = Duration.ofSeconds(1);
  private static final Duration DEFAULT_REFETCH = Duration.ofSeconds(1);
  private static final int MAX_RETRIES = 10;
  private static final int DEFAULT_CACHE = 100;
  private static final int MAX_CACHE = 10_000;
  private static final int DEFAULT_TOKEN_SIZE = 4096;
  private static final Pattern HEADER_NAME = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]{1,128}");

  private JwtProviderCodec() {}

  static JwtConfig.Provider provider(String path, String name, JwtProvider provider)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        provider,
        "issuer",
        "audiences",
        "subjects",
        "require_expiration",
        "max_lifetime",
        "remote_jwks",
        "local_jwks",
        "forward",
        "from_headers",
        "from_params",
        "from_cookies",
        "forward_payload_header",
        "pad_forward_payload_header",
        "payload_in_metadata",
        "normalize_payload_in_metadata",
        "header_in_metadata",
        "clock_skew_seconds",
        "jwt_cache_config",
        "claim_to_headers",
        "clear_route_cache");
    return new JwtConfig.Provider(
        name,
        present(provider.getIssuer()),
        Set.copyOf(provider.getAudiencesList()),
        provider.hasSubjects()
            ? Optional.of(TextCodec.text(path + ".subjects", provider.getSubjects()))
            : Optional.empty(),
        provider.getRequireExpiration(),
        provider.hasMaxLifetime()
            ? Optional.of(Fields.duration(path + ".max_lifetime", provider.getMaxLifetime()))
            : Optional.empty(),
        provider.getClockSkewSeconds() == 0
            ? ClaimRules.DEFAULT_SKEW
            : Duration.ofSeconds(Integer.toUnsignedLong(provider.getClockSkewSeconds())),
        keys(path, provider),
        places(path + ".from_headers", provider.getFromHeadersList()),
        provider.getFromParamsList(),
        provider.getFromCookiesList(),
        provider.getForward(),
        headerName(path + ".forward_payload_header", provider.getForwardPayloadHeader()),
        provider.getPadForwardPayloadHeader(),
        claims(path + ".claim_to_headers", provider.getClaimToHeadersList()),
        present(provider.getPayloadInMetadata()),
        present(provider.getHeaderInMetadata()),
        Set.copyOf(provider.getNormalizePayloadInMetadata().getSpaceDelimitedClaimsList()),
        provider.getClearRouteCache(),
        cache(path + ".jwt_cache_config", provider),
        tokenSize(provider));
  }

  private static Optional<String> present(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static int cache(String path, JwtProvider provider) throws ResourceRejectedException {
    if (!provider.hasJwtCacheConfig()) {
      return 0;
    }
    long size = Integer.toUnsignedLong(provider.getJwtCacheConfig().getJwtCacheSize());
    if (size > MAX_CACHE) {
      throw Fields.rejected(
          path + ".jwt_cache_size", size + " (expected: at most " + MAX_CACHE + ")");
    }
    return size == 0 ? DEFAULT_CACHE : (int) size;
  }

  private static int tokenSize(JwtProvider provider) {
    int size = provider.getJwtCacheConfig().getJwtMaxTokenSize();
    return size <= 0 ? DEFAULT_TOKEN_SIZE : size;
  }

  private static Optional<String> headerName(String path, String name)
      throws ResourceRejectedException {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HEADER_NAME.matcher(lower).matches()) {
      throw Fields.rejected(path, name + " (expected: a header's name)");
    }
    return Optional.of(lower);
  }

  private static String requiredName(String path, String name) throws ResourceRejectedException {
    return headerName(path, name)
        .orElseThrow(() -> Fields.rejected(path, "empty (expected: a header's name)"));
  }

  private static List<JwtConfig.HeaderPlace> places(String path, List<JwtHeader> headers)
      throws ResourceRejectedException {
    List<JwtConfig.HeaderPlace> places = new ArrayList<>();
    for (JwtHeader header : headers) {
      places.add(
          new JwtConfig.HeaderPlace(
              requiredName(path + "[" + places.size() + "].name", header.getName()),
              header.getValuePrefix()));
    }
    return places;
  }

  private static List<JwtConfig.ClaimHeader> claims(String path, List<JwtClaimToHeader> claims)
      throws ResourceRejectedException {
    List<JwtConfig.ClaimHeader> all = new ArrayList<>();
    for (JwtClaimToHeader claim : claims) {
      String at = path + "[" + all.size() + "]";
      if (claim.getClaimName().isEmpty()) {
        throw Fields.rejected(at + ".claim_name", "empty (expected: a claim's name)");
      }
      all.add(
          new JwtConfig.ClaimHeader(
              requiredName(at + ".header_name", claim.getHeaderName()), claim.getClaimName()));
    }
    return all;
  }

  private static JwtConfig.Keys keys(String path, JwtProvider provider)
      throws ResourceRejectedException {
    return switch (provider.getJwksSourceSpecifierCase()) {
      case LOCAL_JWKS -> local(path + ".local_jwks", provider.getLocalJwks());
      case REMOTE_JWKS -> remote(path + ".remote_jwks", provider.getRemoteJwks());
      default -> throw Fields.rejected(path, "no keys (expected: local_jwks or remote_jwks)");
    };
  }

  /** A control plane names no files of the host. */
  private static JwtConfig.Keys local(String path, DataSource source)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, source, "inline_string", "inline_bytes");
    String json =
        source.hasInlineBytes()
            ? source.getInlineBytes().toString(StandardCharsets.UTF_8)
            : source.getInlineString();
    try {
      KeySet.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
    return new JwtConfig.Keys.Local(json);
  }

  private static JwtConfig.Keys remote(String path, RemoteJwks remote)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, remote, "http_uri", "cache_duration", "async_fetch", "retry_policy");
    HttpUri uri = remote.getHttpUri();
    String at = path + ".http_uri";
    SupportedFields.requireOnly(at, uri, "uri", "cluster", "timeout");
    if (uri.getCluster().isEmpty()) {
      throw Fields.rejected(at + ".cluster", "empty (expected: a cluster's name)");
    }
    Duration timeout = Fields.duration(at + ".timeout", uri.getTimeout());
    if (!timeout.isPositive()) {
      throw Fields.rejected(at + ".timeout", timeout + " (expected: more than 0)");
    }
    URI parsed = uri(at + ".uri", uri.getUri());
    String query = parsed.getRawQuery() == null ? "" : "?" + parsed.getRawQuery();
    String file = parsed.getRawPath().isEmpty() ? "/" : parsed.getRawPath();
    boolean retries = remote.hasRetryPolicy();
    if (retries) {
      SupportedFields.requireOnly(
          path + ".retry_policy", remote.getRetryPolicy(), "retry_back_off", "num_retries");
    }
    Duration backoff = backoff(path, remote);
    return new JwtConfig.Keys.Remote(
        uri.getCluster(),
        parsed.getScheme(),
        parsed.getRawAuthority(),
        file + query,
        timeout,
        remote.hasCacheDuration()
            ? positive(path + ".cache_duration", remote.getCacheDuration())
            : DEFAULT_FRESH,
        remote.hasAsyncFetch(),
        remote.getAsyncFetch().hasFailedRefetchDuration()
            ? positive(
                path + ".async_fetch.failed_refetch_duration",
                remote.getAsyncFetch().getFailedRefetchDuration())
            : DEFAULT_REFETCH,
        retries ? tries(path + ".retry_policy.num_retries", remote) : 0,
        backoff,
        remote.getRetryPolicy().getRetryBackOff().hasMaxInterval()
            ? positive(
                path + ".retry_policy.retry_back_off.max_interval",
                remote.getRetryPolicy().getRetryBackOff().getMaxInterval())
            : backoff.multipliedBy(10));
  }

  private static Duration backoff(String path, RemoteJwks remote) throws ResourceRejectedException {
    return remote.getRetryPolicy().getRetryBackOff().hasBaseInterval()
        ? positive(
            path + ".retry_policy.retry_back_off.base_interval",
            remote.getRetryPolicy().getRetryBackOff().getBaseInterval())
        : DEFAULT_BACKOFF;
  }

  private static int tries(String path, RemoteJwks remote) throws ResourceRejectedException {
    int tries =
        remote.getRetryPolicy().hasNumRetries()
            ? remote.getRetryPolicy().getNumRetries().getValue()
            : 1;
    if (tries < 0 || tries > MAX_RETRIES) {
      throw Fields.rejected(
          path, Integer.toUnsignedString(tries) + " (expected: 0-" + MAX_RETRIES + ")");
    }
    return tries;
  }

  private static Duration positive(String path, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    Duration duration = Fields.duration(path, value);
    if (!duration.isPositive()) {
      throw Fields.rejected(path, duration + " (expected: more than 0)");
    }
    return duration;
  }

  private static URI uri(String path, String text) throws ResourceRejectedException {
    try {
      URI uri = URI.create(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getRawAuthority() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
      throw Fields.rejected(path, text + " (expected: http:// or https:// with a host)");
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }
}
