package dev.hawser.host.identity;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.token.JoinToken;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a workload's identity comes from when a process starts: the disk, else an enrolment. */
final class FirstIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(FirstIdentity.class);
  private static final String ANEW =
      "get a new token (hawser token issue, hawser vm invite or hawser gateway invite) and join"
          + " again";

  private FirstIdentity() {}

  /** Loads or enrols; tries again while the control plane cannot be reached. */
  static Identity obtain(IdentityOptions options, Enroller enroller)
      throws IdentityException, InterruptedException {
    Identity first = load(options).orElse(null);
    Backoff backoff = new Backoff(options.timing(), ThreadLocalRandom.current());
    while (first == null) {
      try {
        first = enrol(options, enroller);
      } catch (IdentityException e) {
        if (!e.isTransient()) {
          throw e;
        }
        Duration pause = backoff.next();
        LOG.warn(
            "Enrolment failed, trying again. reason=\"{}\" pauseMillis={}",
            e.getMessage(),
            pause.toMillis());
        Thread.sleep(pause);
      }
    }
    return first;
  }

  private static Optional<Identity> load(IdentityOptions options) throws IdentityException {
    Optional<Identity> found = new IdentityFiles(options).read();
    if (found.isEmpty()) {
      if (options.attestation().isEmpty()) {
        throw new IdentityException(
            IdentityException.ABSENT,
            options.dataDir() + " holds no identity, and there is no token to get one with",
            ANEW,
            null);
      }
      return found;
    }
    Identity stored = found.get();
    if (options.clock().instant().isAfter(stored.svid().notAfter())) {
      if (options.attestation().isEmpty()) {
        throw expired(stored.svid());
      }
      LOG.warn("The stored certificate has ended; enrolling anew. id={}", stored.svid().id());
      return Optional.empty();
    }
    requireSameCluster(options, stored);
    LOG.info(
        "Identity loaded from disk. id={} expires={}",
        stored.svid().id(),
        stored.svid().notAfter());
    return found;
  }

  /** A token for one cluster over a data directory of another is a mistake worth stopping at. */
  private static void requireSameCluster(IdentityOptions options, Identity stored)
      throws IdentityException {
    String text =
        switch (options.attestation().orElse(null)) {
          case Attestation.TokenText token -> token.token();
          case Attestation.TokenFile file when Files.isReadable(file.file()) ->
              Enroller.readText(file.file(), "token file");
          case null, default -> "";
        };
    if (text.isEmpty()) {
      return;
    }
    JoinToken token = Enroller.parse(text);
    TrustDomain domain = TrustDomain.of(token.cluster(), token.meshDomain());
    if (!domain.equals(stored.svid().id().trustDomain())) {
      throw new IdentityException(
          IdentityException.OTHER_CLUSTER,
          options.dataDir()
              + " holds the identity "
              + stored.svid().id()
              + ", but the token is for "
              + domain.name(),
          "use another data directory, or leave the other cluster first",
          null);
    }
  }

  static Identity enrol(IdentityOptions options, Enroller enroller) throws IdentityException {
    Attestation attestation =
        options
            .attestation()
            .orElseThrow(() ->
                new IdentityException(
                    IdentityException.ABSENT, "there is no token to join with", ANEW, null));
    IdentityFiles files = new IdentityFiles(options);
    // Before the token is spent: a directory that cannot be written must not cost one.
    files.prepare();
    KeyPair key = files.pendingKey();
    Enroller.Enrolled enrolled = enroller.enrol(attestation, options.controlPlane(), key);
    Identity state =
        new Identity(
            enrolled.issued().svid(),
            enrolled.issued().bundles(),
            enrolled.enrolment(),
            options.clock().instant());
    files.save(state);
    LOG.info("Enrolled. id={} expires={}", state.svid().id(), state.svid().notAfter());
    return state;
  }

  static IdentityException expired(Svid svid) {
    return new IdentityException(
        IdentityException.EXPIRED,
        "the certificate of " + svid.id() + " ended at " + svid.notAfter(),
        ANEW,
        null);
  }
}
