package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.api.admin.PolicyView;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.policy.PolicyBook;
import java.util.List;

/** What the administration does with policies. */
public final class PolicyDesk {
  private final PolicyBook book;

  public PolicyDesk(PolicyBook book) {
    this.book = book;
  }

  ApplyReport apply(String yaml, boolean delete, boolean dryRun) {
    return book.apply(yaml, delete, dryRun);
  }

  List<PolicyView> list() {
    return book.policies().stream().map(PolicyDesk::view).toList();
  }

  private static PolicyView view(Policy policy) {
    return new PolicyView(
        policy.key().kind(),
        policy.key().namespace(),
        policy.key().name(),
        policy.services().stream().map(ServiceName::toString).toList(),
        policy.created(),
        policy.document());
  }
}
