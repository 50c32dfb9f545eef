package dev.hawser.host.capture;

import java.util.List;
import java.util.Optional;

/** nftables, by nft(8): one transaction for each step. */
final class NftFilter implements PacketFilter {
  static final String NFT = "nft";
  private static final List<String> FROM_INPUT = List.of(NFT, "-f", "-");

  @Override
  public String name() {
    return "nftables";
  }

  @Override
  public List<Script> check(Application application, Lease lease) {
    return List.of(new Script(List.of(NFT, "-c", "-f", "-"), NftRules.apply(application, lease)));
  }

  @Override
  public List<Script> apply(Application application, Lease lease, Programs programs) {
    return one(NftRules.apply(application, lease));
  }

  @Override
  public List<Script> confirm(Application application) {
    return one(NftRules.confirm(application.id()));
  }

  @Override
  public List<Script> rollBack(Application application, Optional<Application> before) {
    return one(
        before
            .map(earlier -> NftRules.rollBack(application.id(), earlier))
            .orElseGet(() -> NftRules.rollBack(application.id())));
  }

  @Override
  public List<Script> remove(Programs programs) {
    return one(NftRules.remove());
  }

  @Override
  public Installed read(Programs programs) throws CaptureException {
    Script tables = new Script(List.of(NFT, "list", "tables", "inet"), "");
    if (programs.run(tables).lines().noneMatch(("table " + NftRules.TABLE)::equals)) {
      return Installed.NOTHING;
    }
    Script ours = new Script(List.of(NFT, "list", "table", "inet", "hawser"), "");
    Programs.Result result = programs.attempt(ours);
    // It may have gone in between.
    return result.exit() == 0 ? NftListing.read(result.output()) : Installed.NOTHING;
  }

  private static List<Script> one(String transaction) {
    return List.of(new Script(FROM_INPUT, transaction));
  }
}
