package dev.hawser.host.capture;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Capture on this host: puts plans into the kernel and takes them out again. Every step is one
 * transaction of the packet filter, so that whoever is killed when, the rules are wholly there or
 * wholly gone. What the kernel has is asked of the kernel; nothing is remembered here.
 *
 * <p>Methods block while a program runs, for milliseconds.
 */
public final class Capture {
  /** The kernel ends an unconfirmed plan on time; the process that tidies up comes after it. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final PacketFilter filter;
  private final Programs programs;
  private final InstantSource clock;

  private Capture(PacketFilter filter, Programs programs, InstantSource clock) {
    this.filter = filter;
    this.programs = programs;
    this.clock = clock;
  }

  /** Which programs to use. */
  public enum Choice {
    /** nftables where it is installed, else iptables. */
    ANY,
    NFTABLES,
    IPTABLES
  }

  /**
   * Finds the host's packet filter.
   *
   * @param path as in PATH; the usual folders of administrators' programs are looked at as well
   * @throws CaptureException if there is none
   */
  public static Capture find(Choice choice, String path, InstantSource clock)
      throws CaptureException {
    Programs programs = new Programs(path);
    if (choice != Choice.IPTABLES && programs.find(NftFilter.NFT).isPresent()) {
      return new Capture(new NftFilter(), programs, clock);
    }
    if (choice != Choice.NFTABLES && programs.find(IptablesFilter.RESTORE).isPresent()) {
      return new Capture(new IptablesFilter(), programs, clock);
    }
    throw new CaptureException(
        "this host has no packet filter (expected: nft, or iptables-restore)",
        "install the package nftables");
  }

  /** Returns which choice leads to the same filter again. */
  public Choice choice() {
    return filter instanceof NftFilter ? Choice.NFTABLES : Choice.IPTABLES;
  }

  /** Returns the filter's name. */
  public String filter() {
    return filter.name();
  }

  /** Returns what would be run to apply a plan, and changes nothing. */
  public List<Script> scripts(Application application, Duration confirmWithin)
      throws CaptureException {
    return filter.apply(application, lease(confirmWithin), programs);
  }

  /**
   * Asks whether a plan would be taken; changes nothing.
   *
   * @throws CaptureException if not
   */
  public void check(Application application, Duration confirmWithin) throws CaptureException {
    runAll(filter.check(application, lease(confirmWithin)));
  }

  /**
   * Applies a plan that goes away by itself unless it is confirmed in time. What takes it back runs
   * before the plan does anything.
   *
   * @param before the confirmed plan that comes back then, if there is one
   * @throws CaptureException if it was not applied; what was there before is there still
   */
  public void apply(Application application, Optional<Application> before, Duration confirmWithin)
      throws CaptureException {
    Lease lease = lease(confirmWithin);
    new RollbackProcess(programs)
        .arm(
            application.id(),
            RollbackShell.text(
                confirmWithin.plus(GRACE), found(filter.rollBack(application, before))));
    runAll(filter.apply(application, lease, programs));
  }

  /** Applies a plan that was confirmed at an earlier start of the host. */
  public void restore(Application application) throws CaptureException {
    runAll(filter.apply(application, new Lease.Kept(), programs));
  }

  /**
   * Lets an unconfirmed plan stay.
   *
   * @throws CaptureException if it is not there any more, or its time is over
   */
  public void confirm(Application application) throws CaptureException {
    runAll(filter.confirm(application));
  }

  /**
   * Takes an unconfirmed plan back now.
   *
   * @return whether it was there and unconfirmed
   */
  public boolean rollBack(Application application, Optional<Application> before)
      throws CaptureException {
    List<Script> scripts = filter.rollBack(application, before);
    if (programs.attempt(scripts.getFirst()).exit() != 0) {
      return false;
    }
    runAll(scripts.subList(1, scripts.size()));
    return true;
  }

  /** Removes whatever of ours is there; also if nothing is. */
  public void remove() throws CaptureException {
    runAll(filter.remove(programs));
  }

  /** Asks the kernel what it has of ours. */
  public Installed read() throws CaptureException {
    return filter.read(programs);
  }

  /**
   * By full paths: whatever starts the rollback need not know where an administrator's programs
   * are.
   */
  private List<Script> found(List<Script> scripts) throws CaptureException {
    List<Script> found = new ArrayList<>();
    for (Script script : scripts) {
      List<String> command = new ArrayList<>(script.command());
      command.set(0, programs.require(command.getFirst()));
      found.add(new Script(command, script.input()));
    }
    return found;
  }

  private Lease lease(Duration time) {
    Instant end = clock.instant().plus(time);
    return new Lease.For(time, end);
  }

  private void runAll(List<Script> scripts) throws CaptureException {
    for (Script script : scripts) {
      programs.run(script);
    }
  }
}
