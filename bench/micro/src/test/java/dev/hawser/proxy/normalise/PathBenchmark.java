package dev.hawser.proxy.normalise;

import io.netty.util.AsciiString;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to bring a path into its one form, with every rule on. */
@State(Scope.Thread)
public class PathBenchmark {
  private final PathRules rules = new PathRules(true, true, EscapedSlashes.DECODE);
  private final AsciiString plain = new AsciiString("/v1/customers/4711/orders?lines=all&page=2");
  private final AsciiString escaped =
      new AsciiString("/v1//customers/%34711/./carts/..%2Forders?lines=all&page=2");

  /** In its form already, as nearly every one is. */
  @Benchmark
  public PathOutcome plain() {
    return rules.apply(plain);
  }

  /** Something for each rule. */
  @Benchmark
  public PathOutcome rewritten() {
    return rules.apply(escaped);
  }
}
