package dev.hawser.trust.verify;

import java.security.cert.CertificateException;

/** Ends a handshake with a peer that is not believed; the message is the operator's sentence. */
public final class PeerRefusedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final transient Verdict.Refused verdict;

  public PeerRefusedException(Verdict.Refused verdict) {
    super(verdict.toString());
    this.verdict = verdict;
  }

  /** Returns which rule the peer broke, and how. */
  public Verdict.Refused verdict() {
    return verdict;
  }
}
