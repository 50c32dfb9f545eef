package dev.hawser.host.capture;

import dev.hawser.host.capture.IptablesRules.Jump;
import dev.hawser.host.capture.IptablesRules.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * iptables and ip6tables, where nft is absent. They have no transaction over several tables: each
 * table of each family changes as one. The table nat of IPv4 decides: it is the first to be applied
 * and taken back, and the last to be confirmed.
 */
final class IptablesFilter implements PacketFilter {
  static final String RESTORE = "iptables-restore";

  private static final Path IPV6 = Path.of("/proc/net/if_inet6");

  /** One table of one family; in the order in which plans are applied. */
  enum Place {
    NAT_4(false, false),
    RAW_4(false, true),
    NAT_6(true, false),
    RAW_6(true, true);

    private final boolean v6;
    private final boolean raw;

    Place(boolean v6, boolean raw) {
      this.v6 = v6;
      this.raw = raw;
    }

    String table() {
      return raw ? "raw" : "nat";
    }

    private Optional<Part> part(Application application, Lease lease) {
      return IptablesRules.of(application, v6, raw, lease);
    }

    private Script restore(List<String> lines) {
      String text = "*" + table() + "\n" + String.join("\n", lines) + "\nCOMMIT\n";
      return new Script(List.of(v6 ? "ip6tables-restore" : RESTORE, "-w", "5", "--noflush"), text);
    }

    private Script save() {
      return new Script(List.of(v6 ? "ip6tables-save" : "iptables-save", "-c", "-t", table()), "");
    }
  }

  @Override
  public String name() {
    return "iptables";
  }

  @Override
  public List<Script> check(Application application, Lease lease) {
    List<Script> scripts = new ArrayList<>();
    for (Place place : Place.values()) {
      place
          .part(application, lease)
          .ifPresent(part -> {
            Script real = place.restore(put(part, IptablesListing.Table.EMPTY));
            List<String> command = new ArrayList<>(real.command());
            command.add("--test");
            scripts.add(new Script(command, real.input()));
          });
    }
    return scripts;
  }

  @Override
  public List<Script> apply(Application application, Lease lease, Programs programs)
      throws CaptureException {
    List<Script> scripts = new ArrayList<>();
    for (Place place : Place.values()) {
      IptablesListing.Table there = table(place, programs);
      Optional<Part> part = place.part(application, lease);
      if (part.isPresent()) {
        scripts.add(place.restore(put(part.get(), there)));
      } else if (!there.chains().isEmpty()) {
        scripts.add(place.restore(take(there.chains(), there.jumps())));
      }
    }
    return scripts;
  }

  @Override
  public List<Script> confirm(Application application) {
    List<Script> scripts = new ArrayList<>();
    for (Place place : List.of(Place.values()).reversed()) {
      place
          .part(application, new Lease.Kept())
          .ifPresent(part -> {
            List<String> lines = new ArrayList<>();
            // Fails, and with it all of this, if it is not there.
            lines.add("-X " + IptablesRules.UNCONFIRMED + application.id());
            part.jumps().forEach(jump -> lines.add("-F " + jump.to()));
            lines.addAll(part.gates());
            scripts.add(place.restore(lines));
          });
    }
    return scripts;
  }

  @Override
  public List<Script> rollBack(Application application, Optional<Application> before) {
    List<Script> scripts = new ArrayList<>();
    for (Place place : Place.values()) {
      place
          .part(application, new Lease.Kept())
          .ifPresent(part -> {
            String marker = IptablesRules.UNCONFIRMED + application.id();
            List<String> lines = new ArrayList<>();
            if (!scripts.isEmpty()) {
              // Only the first insists: a confirmation that was cut short may have taken the
              // others'.
              lines.add(":" + marker + " - [0:0]");
            }
            lines.add("-X " + marker);
            lines.addAll(take(part.chains(), part.jumps()));
            scripts.add(place.restore(lines));
          });
    }
    before.ifPresent(earlier -> {
      for (Place place : Place.values()) {
        place
            .part(earlier, new Lease.Kept())
            .ifPresent(part -> scripts.add(place.restore(put(part, IptablesListing.Table.EMPTY))));
      }
    });
    return scripts;
  }

  @Override
  public List<Script> remove(Programs programs) throws CaptureException {
    List<Script> scripts = new ArrayList<>();
    for (Place place : Place.values()) {
      IptablesListing.Table there = table(place, programs);
      if (!there.chains().isEmpty()) {
        scripts.add(place.restore(take(there.chains(), there.jumps())));
      }
    }
    return scripts;
  }

  @Override
  public Installed read(Programs programs) throws CaptureException {
    List<IptablesListing.Table> tables = new ArrayList<>();
    for (Place place : Place.values()) {
      tables.add(table(place, programs));
    }
    return IptablesListing.read(tables, Instant.now());
  }

  private static IptablesListing.Table table(Place place, Programs programs)
      throws CaptureException {
    // A host without IPv6 has no table of it to ask, and nothing of ours in it.
    return place.v6 && !Files.exists(IPV6)
        ? IptablesListing.Table.EMPTY
        : IptablesListing.table(place.name(), programs.run(place.save()));
  }

  /** A chain that is named anew is emptied; what the new plan has no use for goes. */
  private static List<String> put(Part part, IptablesListing.Table there) {
    Set<String> all = new TreeSet<>(part.chains());
    all.addAll(there.chains());
    List<String> lines = new ArrayList<>();
    all.forEach(chain -> lines.add(":" + chain + " - [0:0]"));
    lines.addAll(part.gates());
    lines.addAll(part.lines());
    for (Jump jump : part.jumps()) {
      if (there.jumps().stream().noneMatch(known -> known.to().equals(jump.to()))) {
        lines.add((jump.first() ? "-I " : "-A ") + jump.from() + " -j " + jump.to());
      }
    }
    all.removeAll(part.chains());
    all.forEach(chain -> lines.add("-X " + chain));
    return lines;
  }

  private static List<String> take(Set<String> chains, List<Jump> jumps) {
    List<String> lines = new ArrayList<>();
    jumps.forEach(jump -> lines.add("-D " + jump.from() + " -j " + jump.to()));
    chains.forEach(chain -> lines.add("-F " + chain));
    chains.forEach(chain -> lines.add("-X " + chain));
    return lines;
  }
}
