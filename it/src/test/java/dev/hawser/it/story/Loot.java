package dev.hawser.it.story;

import dev.hawser.it.harness.Member;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.x509.Certificates;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a thief finds in a control plane's data directory.
 *
 * @param key of an authority
 * @param chain its certificate and those above it
 */
record Loot(PrivateKey key, List<X509Certificate> chain) {
  /** Takes a cluster's intermediate. */
  static Loot intermediateOf(Member cluster) {
    Map<String, Object> document = find(cluster, "\"chainPem\"");
    return of(document, "chainPem");
  }

  /** Takes the federation's root, from the cluster that holds it. */
  static Loot rootOf(Member holder) {
    Map<String, Object> document = find(holder, "\"certificatePem\"");
    return of(document, "certificatePem");
  }

  private static Loot of(Map<String, Object> document, String certificates) {
    return new Loot(
        KeyMaterial.privateKeyFromPem(text(document, "keyPem")),
        Certificates.parsePem(text(document, certificates)));
  }

  /** Finds the one state document that contains a text. */
  private static Map<String, Object> find(Member cluster, String text) {
    try (Stream<Path> files = Files.walk(cluster.dataDir())) {
      String content =
          files
              .filter(Files::isRegularFile)
              .filter(file -> file.toString().contains("authorities"))
              .map(Loot::read)
              .filter(document -> document.contains(text) && document.contains("\"keyPem\""))
              .findFirst()
              .orElseThrow();
      @SuppressWarnings("unchecked")
      Map<String, Object> document =
          new KubernetesSerialization()
              .unmarshal(content.substring(content.indexOf('{')), Map.class);
      return document;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Map<String, Object> document, String key) {
    return String.valueOf(document.get(key));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
