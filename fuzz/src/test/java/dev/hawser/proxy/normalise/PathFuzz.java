package dev.hawser.proxy.normalise;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.util.AsciiString;

class PathFuzz {
  /** What has been brought into one form stays as it is, and climbs nowhere. */
  @FuzzTest
  void aPathHasOneForm(byte[] octets) {
    AsciiString target = new AsciiString(octets, true);
    if (target.indexOf('#', 0) >= 0) {
      return; // No head with a fragment comes as far as this.
    }
    for (boolean merge : new boolean[] {false, true}) {
      for (EscapedSlashes escaped : EscapedSlashes.values()) {
        PathRules rules = new PathRules(true, merge, escaped);
        if (rules.apply(target) instanceof PathOutcome.Changed(AsciiString once)) {
          String path = once.toString().split("[?]", 2)[0];
          assertThat(path).doesNotContain("/../").doesNotEndWith("/..");
          AsciiString twice =
              rules.apply(once) instanceof PathOutcome.Changed(AsciiString again) ? again : once;
          assertThat(twice.toString()).isEqualTo(once.toString());
        }
      }
    }
  }
}
