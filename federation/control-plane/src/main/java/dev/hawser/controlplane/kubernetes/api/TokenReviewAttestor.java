package dev.hawser.controlplane.kubernetes.api;

import dev.hawser.controlplane.enroll.ServiceAccountAttestor;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the API server by TokenReview; only a token made for the audience of the mesh counts. */
final class TokenReviewAttestor implements ServiceAccountAttestor {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private final KubernetesClient client;

  TokenReviewAttestor(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Attestation attest(String token) {
    TokenReview question =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(AUDIENCE)
            .endSpec()
            .build();
    try {
      TokenReview answer = client.resource(question).create();
      return judge(answer.getStatus());
    } catch (KubernetesClientException e) {
      return new Attestation.Unavailable(
          "the API server does not answer a TokenReview (status " + e.getCode() + ")");
    }
  }

  static Attestation judge(@Nullable TokenReviewStatus status) {
    if (status == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
      return new Attestation.Refused(
          "the API server does not know this service-account token (expected: a live one for the"
              + " audience '"
              + AUDIENCE
              + "')");
    }
    @Nullable List<String> audiences = status.getAudiences();
    if (audiences == null || !audiences.contains(AUDIENCE)) {
      // An API server that knows no audiences answers for its own: the token is for somebody else.
      return new Attestation.Refused(
          "the service-account token is not for the audience '" + AUDIENCE + "'");
    }
    String name = status.getUser() == null ? "" : status.getUser().getUsername();
    String[] parts =
        name.startsWith(SERVICE_ACCOUNT)
            ? name.substring(SERVICE_ACCOUNT.length()).split(":", -1)
            : new String[0];
    return parts.length == 2
        ? new Attestation.Attested(parts[0], parts[1])
        : new Attestation.Refused("the token's holder is no service account: '" + name + "'");
  }
}
