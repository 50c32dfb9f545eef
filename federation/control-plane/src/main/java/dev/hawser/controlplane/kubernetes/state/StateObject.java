package dev.hawser.controlplane.kubernetes.state;

import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StoredDocument;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One document as one Kubernetes object: where its parts lie, and back. */
final class StateObject {
  /** The label that finds the objects of a kind. */
  static final String KIND_LABEL = "hawser.dev/state";

  private static final String KEY_ANNOTATION = "hawser.dev/state-key";
  private static final String DIGEST_ANNOTATION = "hawser.dev/state-sha256";
  private static final String ENTRY = "document";

  private StateObject() {}

  /** Returns the object's name: the kind and a digest, for a key may be any text. */
  static String name(StateKind kind, String key) {
    String digest = sha256(key.getBytes(StandardCharsets.UTF_8));
    return "hawser-" + kind.label() + "-" + digest.substring(0, 32);
  }

  /**
   * @param resourceVersion the version to replace, or null to create
   */
  static HasMetadata of(
      StateKind kind, String key, byte[] content, @Nullable String resourceVersion) {
    ObjectMeta meta =
        new ObjectMetaBuilder()
            .withName(name(kind, key))
            .withLabels(Map.of(KIND_LABEL, kind.label(), "app.kubernetes.io/managed-by", "hawser"))
            .withAnnotations(Map.of(KEY_ANNOTATION, key, DIGEST_ANNOTATION, sha256(content)))
            .withResourceVersion(resourceVersion)
            .build();
    Map<String, String> data = Map.of(ENTRY, Base64.getEncoder().encodeToString(content));
    return kind.isSecret()
        ? new SecretBuilder().withMetadata(meta).withType("hawser.dev/state").withData(data).build()
        : new ConfigMapBuilder().withMetadata(meta).withBinaryData(data).build();
  }

  /** Reads a document; an object that somebody edited by hand into nonsense is unreadable. */
  static Optional<StoredDocument> document(HasMetadata object) {
    @Nullable Map<String, String> annotations = object.getMetadata().getAnnotations();
    @Nullable String text = entry(object);
    if (annotations == null || text == null) {
      return Optional.empty();
    }
    @Nullable String key = annotations.get(KEY_ANNOTATION);
    try {
      byte[] content = Base64.getDecoder().decode(text);
      return key != null && sha256(content).equals(annotations.get(DIGEST_ANNOTATION))
          ? Optional.of(new StoredDocument(key, content, object.getMetadata().getResourceVersion()))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static @Nullable String entry(HasMetadata object) {
    @Nullable Map<String, String> data =
        switch (object) {
          case Secret secret -> secret.getData();
          case ConfigMap map -> map.getBinaryData();
          default -> null;
        };
    return data == null ? null : data.get(ENTRY);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }
}
