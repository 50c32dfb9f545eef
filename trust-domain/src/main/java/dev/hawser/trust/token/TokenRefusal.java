package dev.hawser.trust.token;

/** Why a token was not accepted. */
public enum TokenRefusal {
  MALFORMED(
      "token-malformed",
      "Copy the whole line that the invitation printed, or make a new one: hawser invite."),
  OTHER_ISSUER(
      "token-wrong-cluster", "Join through the cluster that made the token, or ask this one."),
  UNKNOWN(
      "token-unknown",
      "Make a new token on the cluster: hawser invite. This one is not known here."),
  WRONG_KIND(
      "token-wrong-kind",
      "Clusters join by 'hawser invite', VMs by 'hawser vm invite', workloads and gateways by"
          + " tokens of their own kind."),
  REVOKED("token-revoked", "Ask whoever withdrew it, or make a new one: hawser invite."),
  USED(
      "token-used",
      "A token works once. If the first use was not yours, treat it as stolen: find what joined"
          + " with it by 'hawser token list'. Then make a new one."),
  EXPIRED("token-expired", "Make a new one and use it in time: hawser invite."),
  WRONG_SUBJECT(
      "token-wrong-cluster", "The token was made for another cluster; make one for this cluster.");

  private final String code;
  private final String hint;

  TokenRefusal(String code, String hint) {
    this.code = code;
    this.hint = hint;
  }

  /** Returns the code that travels in protocols, e.g. {@code token-used}. */
  public String code() {
    return code;
  }

  /** Returns what to do next, as a sentence. */
  public String hint() {
    return hint;
  }
}
