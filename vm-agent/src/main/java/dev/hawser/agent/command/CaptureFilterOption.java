package dev.hawser.agent.command;

import dev.hawser.host.capture.Capture;
import picocli.CommandLine.Option;

/** Which packet filter is told. */
final class CaptureFilterOption {
  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      description = "nftables or iptables (default: nftables where nft is installed).")
  private Filter filter = Filter.any;

  /** As it is written. */
  enum Filter {
    any,
    nftables,
    iptables
  }

  Capture.Choice choice() {
    return switch (filter) {
      case any -> Capture.Choice.ANY;
      case nftables -> Capture.Choice.NFTABLES;
      case iptables -> Capture.Choice.IPTABLES;
    };
  }
}
