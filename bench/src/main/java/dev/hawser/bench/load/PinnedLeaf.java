package dev.hawser.bench.load;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.X509TrustManager;

/**
 * Believes one certificate, and counts how often one is shown: a resumed handshake shows none. A
 * load generator should cost little.
 */
final class PinnedLeaf implements X509TrustManager {
  private final X509Certificate expected;
  private final AtomicLong seen = new AtomicLong();

  PinnedLeaf(X509Certificate expected) {
    this.expected = expected;
  }

  long seen() {
    return seen.get();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    seen.incrementAndGet();
    if (!chain[0].equals(expected)) {
      throw new CertificateException(
          "certificate of "
              + chain[0].getSubjectX500Principal()
              + " serial "
              + chain[0].getSerialNumber()
              + " (expected: serial "
              + expected.getSerialNumber()
              + ")");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a client is never asked (expected: use as a client)");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
