package dev.hawser.host.capture;

import java.util.List;
import java.util.Optional;

/** The programs that speak to the kernel's packet filter, and how each is told a plan. */
sealed interface PacketFilter permits NftFilter, IptablesFilter {
  /** Returns its name, as a person knows it. */
  String name();

  /** Returns what asks whether a plan would be taken, and changes nothing; may be empty. */
  List<Script> check(Application application, Lease lease);

  /** Returns what puts a plan in the place of whatever of ours is there. */
  List<Script> apply(Application application, Lease lease, Programs programs)
      throws CaptureException;

  /** Returns what lets an unconfirmed plan stay; the first fails if its time is over. */
  List<Script> confirm(Application application);

  /**
   * Returns what takes an unconfirmed plan back. Where the first fails, it is confirmed, gone or
   * replaced, and the others must not run.
   *
   * @param before what was confirmed before it, and comes back
   */
  List<Script> rollBack(Application application, Optional<Application> before);

  /** Returns what removes whatever of ours is there; also if nothing is. */
  List<Script> remove(Programs programs) throws CaptureException;

  /** Asks the kernel. */
  Installed read(Programs programs) throws CaptureException;
}
