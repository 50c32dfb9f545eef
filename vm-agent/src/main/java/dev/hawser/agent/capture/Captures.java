package dev.hawser.agent.capture;

import dev.hawser.agent.capture.CaptureState.Kept;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.Installed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Applies, confirms, takes back and remembers. The kernel comes before the file where a
 * confirmation is made and after it where one ends: who is killed in between leaves at worst a
 * capture that is not back after the next start, never one that nobody wants back.
 */
public final class Captures {
  private final CaptureFile file;
  private final Capture.Choice choice;
  private final String path;
  private final InstantSource clock;

  /**
   * @param directory the agent's data directory
   * @param path where programs are, as in PATH
   */
  public Captures(Path directory, Capture.Choice choice, String path, InstantSource clock) {
    this.file = new CaptureFile(directory);
    this.choice = choice;
    this.path = path;
    this.clock = clock;
  }

  /** Returns the packet filter that would be used. */
  public Capture capture() throws CaptureException {
    return Capture.find(choice, path, clock);
  }

  /** Whether anything is kept here: otherwise this machine never captured. */
  public boolean isUsed() {
    return file.exists();
  }

  /**
   * Applies a plan that goes away by itself unless it is confirmed in time.
   *
   * @return names it
   * @throws CaptureException if it was not applied; what was there before is there still
   */
  public String apply(CapturePlan plan, Duration confirmWithin)
      throws CaptureException, IOException {
    try (FileChannel _ = file.lock()) {
      CaptureState before = file.read();
      Capture capture = capture();
      requireSameFilter(before, capture);
      Kept pending = new Kept(newId(), capture.choice(), plan, clock.instant(), Optional.empty());
      capture.check(pending.application(), confirmWithin);
      // What was removed behind our back does not come back by a plan that fails.
      boolean there = capture.read().state() != Installed.State.NONE;
      Optional<Kept> comesBack = before.confirmed().filter(_ -> there);
      file.write(new CaptureState(before.confirmed(), Optional.of(pending)));
      try {
        capture.apply(pending.application(), comesBack.map(Kept::application), confirmWithin);
      } catch (CaptureException e) {
        file.write(before);
        throw e;
      }
      Kept seen = pending.withListing(capture.read().listing());
      file.write(new CaptureState(before.confirmed(), Optional.of(seen)));
      return pending.id();
    }
  }

  /**
   * Lets the applied plan stay and keeps it for the next start; a second time it does nothing.
   *
   * @throws CaptureException if there is nothing to confirm, or its time is over
   */
  public void confirm() throws CaptureException, IOException {
    try (FileChannel _ = file.lock()) {
      CaptureState state = file.read();
      Capture capture = captureOf(state);
      Installed installed = capture.read();
      Kept kept = state.find(installed.id()).orElseThrow(() -> nothingToConfirm(installed));
      switch (installed.state()) {
        case UNCONFIRMED -> capture.confirm(kept.application());
        case CONFIRMED -> {
          // Asked for already; what is missing, if anything, is to write it down.
        }
        default -> throw nothingToConfirm(installed);
      }
      Kept seen = kept.listing().isPresent() ? kept : kept.withListing(installed.listing());
      file.write(new CaptureState(Optional.of(seen), Optional.empty()));
    }
  }

  /**
   * Takes an unconfirmed plan back now.
   *
   * @return whether it was there and unconfirmed
   */
  public boolean rollBack(String id) throws CaptureException, IOException {
    try (FileChannel _ = file.lock()) {
      CaptureState state = file.read();
      Optional<Kept> pending = state.pending().filter(kept -> kept.id().equals(id));
      return pending.isPresent()
          && captureOf(state)
              .rollBack(pending.get().application(), state.confirmed().map(Kept::application));
    }
  }

  /** Removes whatever of ours is there and forgets it; also if nothing is. */
  public void remove() throws CaptureException, IOException {
    try (FileChannel _ = file.lock()) {
      Capture capture = captureOf(file.read());
      file.delete();
      capture.remove();
    }
  }

  /**
   * Puts the confirmed plan back into the kernel, as after a start of the machine; also tidies up
   * after an unconfirmed one whose rollback was killed.
   *
   * @return what it did
   */
  public Restored restore() throws CaptureException, IOException {
    if (!file.exists()) {
      return Restored.NOTHING_KEPT;
    }
    try (FileChannel _ = file.lock()) {
      CaptureState state = file.read();
      Capture capture = captureOf(state);
      Installed installed = capture.read();
      if (installed.state() == Installed.State.UNCONFIRMED) {
        return Restored.UNCONFIRMED_THERE;
      }
      if (state.confirmed().isEmpty()) {
        if (installed.state() == Installed.State.EXPIRED) {
          capture.remove();
        }
        return Restored.NOTHING_KEPT;
      }
      Kept kept = state.confirmed().get();
      if (installed.state() == Installed.State.CONFIRMED
          && installed.id().equals(kept.id())
          && kept.listing().equals(Optional.of(installed.listing()))) {
        return Restored.THERE_ALREADY;
      }
      capture.restore(kept.application());
      // Listed anew: another release of the kernel's tool may print it otherwise.
      Kept seen = kept.withListing(capture.read().listing());
      file.write(new CaptureState(Optional.of(seen), Optional.empty()));
      return Restored.RESTORED;
    }
  }

  /** What a restore did. */
  public enum Restored {
    NOTHING_KEPT,
    THERE_ALREADY,
    UNCONFIRMED_THERE,
    RESTORED
  }

  /** Returns how it is, and changes nothing. */
  public CaptureReport status() throws CaptureException, IOException {
    CaptureState state = file.read();
    Installed installed = captureOf(state).read();
    Optional<Kept> kept = state.find(installed.id());
    return switch (installed.state()) {
      case NONE -> {
        CaptureReport.Kind kind =
            state.confirmed().isPresent()
                ? CaptureReport.Kind.MISSING
                : state.pending().isPresent()
                    ? CaptureReport.Kind.ROLLED_BACK
                    : CaptureReport.Kind.NONE;
        yield report(kind, installed, state.latest());
      }
      case EXPIRED -> report(CaptureReport.Kind.EXPIRED, installed, kept);
      case UNCONFIRMED -> there(CaptureReport.Kind.UNCONFIRMED, installed, kept);
      case CONFIRMED -> {
        boolean isPending =
            state.pending().isPresent() && state.pending().get().id().equals(installed.id());
        yield there(
            isPending
                ? CaptureReport.Kind.NOT_KEPT
                : state.pending().isPresent()
                    ? CaptureReport.Kind.ROLLED_BACK
                    : CaptureReport.Kind.CONFIRMED,
            installed,
            kept);
      }
    };
  }

  private static CaptureReport there(
      CaptureReport.Kind kind, Installed installed, Optional<Kept> kept) {
    if (kept.isEmpty()) {
      return report(CaptureReport.Kind.UNKNOWN, installed, kept);
    }
    Optional<String> listing = kept.get().listing();
    if (listing.isPresent() && !listing.get().equals(installed.listing())) {
      return new CaptureReport(
          CaptureReport.Kind.DIFFERS,
          installed,
          kept.map(Kept::plan),
          differences(listing.get(), installed.listing()));
    }
    return report(kind, installed, kept);
  }

  private static CaptureReport report(
      CaptureReport.Kind kind, Installed installed, Optional<Kept> kept) {
    return new CaptureReport(kind, installed, kept.map(Kept::plan), List.of());
  }

  private static List<String> differences(String expected, String actual) {
    Set<String> missing = new LinkedHashSet<>(expected.lines().map(String::strip).toList());
    Set<String> added = new LinkedHashSet<>(actual.lines().map(String::strip).toList());
    Set<String> both = new LinkedHashSet<>(missing);
    both.retainAll(added);
    missing.removeAll(both);
    added.removeAll(both);
    if (missing.isEmpty() && added.isEmpty()) {
      return List.of("the same rules in another order, or more or less often");
    }
    return Stream.concat(
            missing.stream().map(line -> "missing: " + line),
            added.stream().map(line -> "added:   " + line))
        .toList();
  }

  private Capture captureOf(CaptureState state) throws CaptureException {
    Capture.Choice known = state.latest().map(Kept::filter).orElse(choice);
    return Capture.find(known, path, clock);
  }

  private static void requireSameFilter(CaptureState state, Capture capture)
      throws CaptureException {
    Optional<Kept> other = state.latest().filter(kept -> kept.filter() != capture.choice());
    if (other.isPresent()) {
      throw new CaptureException(
          "a plan is applied by " + other.get().filter() + " already, not by " + capture.filter(),
          "run 'hawser-agent capture remove' first");
    }
  }

  private static CaptureException nothingToConfirm(Installed installed) {
    return switch (installed.state()) {
      case NONE, EXPIRED ->
          new CaptureException(
              "there is nothing to confirm: no plan is applied, or its time is over",
              "run 'hawser-agent capture apply'");
      default ->
          new CaptureException(
              "the rules in the kernel are of application '"
                  + installed.id()
                  + "', which this data directory knows nothing of",
              "give the --data-dir that it was applied with, or run 'hawser-agent capture remove'");
    };
  }

  private static String newId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }
}
