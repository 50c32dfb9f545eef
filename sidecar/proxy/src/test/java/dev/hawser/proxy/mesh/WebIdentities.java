package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.trust.x509.Certificates;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes keys and certificates of servers outside the mesh, by the JDK's keytool. */
final class WebIdentities {
  static final String PASSWORD = "only for this test";

  private final Path folder;

  WebIdentities(Path folder) {
    this.folder = folder;
  }

  /** Makes a server that vouches for itself. */
  KeyStore selfSigned(String alias, String name) throws Exception {
    generate(alias, name, "san=dns:" + name);
    return load(alias);
  }

  /** Makes an authority. */
  KeyStore authority(String alias) throws Exception {
    generate(alias, alias + " authority", "bc:critical=ca:true", "ku:critical=keyCertSign");
    return load(alias);
  }

  /** Makes a server for which an authority vouches; it shows the chain of both. */
  KeyStore signed(String authority, String alias, String name) throws Exception {
    generate(alias, name);
    Path request = folder.resolve(alias + ".csr");
    Path signed = folder.resolve(alias + ".crt");
    keytool("-certreq", "-alias", alias, "-keystore", file(alias), "-file", request.toString());
    keytool(
        "-gencert",
        "-alias",
        authority,
        "-keystore",
        file(authority),
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-ext",
        "san=dns:" + name);
    KeyStore store = load(alias);
    Key key = store.getKey(alias, PASSWORD.toCharArray());
    try (InputStream in = Files.newInputStream(signed)) {
      Certificate leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
      Certificate root = load(authority).getCertificate(authority);
      store.setKeyEntry(alias, key, PASSWORD.toCharArray(), new Certificate[] {leaf, root});
    }
    return store;
  }

  private void generate(String alias, String name, String... extensions) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-keystore",
                file(alias)));
    for (String extension : extensions) {
      arguments.addAll(List.of("-ext", extension));
    }
    keytool(arguments.toArray(String[]::new));
  }

  private String file(String alias) {
    return folder.resolve(alias + ".p12").toString();
  }

  private KeyStore load(String alias) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(file(alias)))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", PASSWORD));
    Path log = folder.resolve("keytool.log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(Files.readString(log)).isZero();
  }

  /** Returns the field of a validation context that trusts an authority alone. */
  static String trusting(KeyStore authority) throws Exception {
    String alias = authority.aliases().nextElement();
    X509Certificate certificate = (X509Certificate) authority.getCertificate(alias);
    return "'trusted_ca':{'inline_string':'"
        + Certificates.toPem(List.of(certificate)).replace("\n", "\\n")
        + "'}";
  }
}
