package dev.hawser.host.identity;

import com.google.protobuf.ByteString;
import dev.hawser.api.enroll.v1.Bundle;
import dev.hawser.api.enroll.v1.Bundles;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what the enrolment protocol carries; bad values throw IllegalArgumentException. */
final class WireForms {
  private WireForms() {}

  static List<X509Certificate> certificates(List<ByteString> ders) {
    return Certificates.parseAll(ders.stream().map(ByteString::toByteArray).toList());
  }

  static TrustBundles bundles(Bundles wire) {
    Map<TrustDomain, TrustBundle> bundles = new LinkedHashMap<>();
    for (Bundle bundle : wire.getBundlesList()) {
      TrustDomain domain = new TrustDomain(bundle.getTrustDomain());
      bundles.put(
          domain,
          new TrustBundle(domain, certificates(bundle.getRootsList()), bundle.getSequence()));
    }
    Set<BigInteger> revoked = new LinkedHashSet<>();
    for (String serial : wire.getRevokedIntermediatesList()) {
      revoked.add(Certificates.serial(serial));
    }
    return new TrustBundles(bundles, revoked);
  }
}
