package dev.hawser.agent.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Whether this machine can prove who it is. */
final class IdentityLayer {
  private IdentityLayer() {}

  static List<Check> judge(Facts facts) {
    return switch (facts.certificate()) {
      case Seen.Unknown<Facts.Certificate>(String reason) ->
          List.of(Check.fail(Layer.IDENTITY, reason, rejoin(facts)));
      case Seen.Found<Facts.Certificate>(Facts.Certificate certificate) -> {
        List<Check> checks =
            new ArrayList<>(List.of(key(facts, certificate), time(facts, certificate)));
        checks.addAll(memory(facts));
        yield List.copyOf(checks);
      }
    };
  }

  /** Whether others can be convinced; with a broken identity there is no use in trying. */
  static boolean isWell(Facts facts) {
    return judge(facts).stream().noneMatch(check -> check.verdict() == Check.Verdict.FAIL);
  }

  private static String rejoin(Facts facts) {
    return "run 'hawser vm invite NAME' on the cluster and '"
        + facts.place().command("join --force TOKEN")
        + "' here";
  }

  private static Check key(Facts facts, Facts.Certificate certificate) {
    return certificate.isPrivate()
        ? Check.pass(Layer.IDENTITY, "only its owner may read " + certificate.key())
        : Check.fail(
            Layer.IDENTITY,
            certificate.key()
                + " has mode "
                + certificate.mode()
                + " (expected: rw-------): others may have the key, and the agent does not start"
                + " with it",
            "chmod 600 "
                + certificate.key()
                + ", then '"
                + facts.place().command("renew")
                + "' for a new key");
  }

  private static Check time(Facts facts, Facts.Certificate certificate) {
    Instant now = facts.now().truncatedTo(ChronoUnit.SECONDS);
    if (now.isBefore(certificate.notBefore())) {
      return Check.fail(
          Layer.IDENTITY,
          "the certificate begins only at "
              + certificate.notBefore()
              + ", and it is "
              + now
              + " here: this machine's clock is behind",
          "timedatectl set-ntp true");
    }
    if (!now.isBefore(certificate.notAfter())) {
      return Check.fail(
          Layer.IDENTITY,
          "the certificate ended at "
              + certificate.notAfter()
              + ", and it is "
              + now
              + " here: nobody trusts this machine",
          "if that is not the time, 'timedatectl set-ntp true'; else " + rejoin(facts));
    }
    return Check.pass(
        Layer.IDENTITY,
        "the certificate holds until "
            + certificate.notAfter()
            + ", "
            + Duration.between(now, certificate.notAfter()).toHours()
            + " h from now");
  }

  /** The agent may hold another one than the disk, and knows why it gets no new one. */
  private static List<Check> memory(Facts facts) {
    return Diagnosed.checks(facts, Layer.IDENTITY, "certificate"::equals).stream()
        .filter(check -> !check.fix().isEmpty())
        .toList();
  }
}
