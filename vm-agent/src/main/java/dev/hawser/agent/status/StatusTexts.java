package dev.hawser.agent.status;

import java.util.List;
import java.util.Locale;

/** A status for people. */
public final class StatusTexts {
  private StatusTexts() {}

  /** Returns the lines. */
  public static String of(AgentStatus status, List<Finding> findings) {
    StringBuilder out = new StringBuilder();
    out.append(status.name()).append(" in ").append(status.cluster()).append('\n');
    out.append("  identity  ").append(status.identity()).append('\n');
    out.append("  brings    ")
        .append(status.services().isEmpty() ? "nothing" : String.join(", ", status.services()))
        .append("\n\n");
    for (Finding finding : findings) {
      out.append(finding.verdict().toUpperCase(Locale.ROOT))
          .append("  ")
          .append(finding.subject())
          .append(": ")
          .append(finding.detail())
          .append('\n');
      if (!finding.remedy().isEmpty()) {
        out.append("      next: ").append(finding.remedy()).append('\n');
      }
    }
    return out.toString();
  }
}
