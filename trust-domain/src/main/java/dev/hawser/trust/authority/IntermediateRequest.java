package dev.hawser.trust.authority;

import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import java.security.KeyPair;

/** A cluster's request for its intermediate: the key is made here and stays here. Immutable. */
public final class IntermediateRequest {
  private final KeyPair keys;
  private final byte[] csr;

  private IntermediateRequest(KeyPair keys) {
    this.keys = keys;
    this.csr = CertificateRequests.create(keys);
  }

  /** Makes a new key and its request. */
  public static IntermediateRequest create() {
    return new IntermediateRequest(KeyMaterial.generate());
  }

  /** Returns the keys of the intermediate to be. */
  public KeyPair keys() {
    return keys;
  }

  /** Returns the request, PKCS#10 in DER, to send to the root's holder. */
  public byte[] csr() {
    return csr.clone();
  }
}
