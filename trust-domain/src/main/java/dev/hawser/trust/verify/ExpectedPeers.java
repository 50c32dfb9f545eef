package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Which members of the mesh may be at the other end, in a form that an error can print. */
public interface ExpectedPeers extends Predicate<SpiffeId> {
  /** Returns who is expected, as the end of the sentence "expected: ...". */
  String describe();

  /** Expects any member of a trusted trust domain; authorization happens elsewhere. */
  static ExpectedPeers any() {
    return matching("any member of the mesh", _ -> true);
  }

  /** Expects one of these identities. */
  static ExpectedPeers exactly(SpiffeId... ids) {
    return exactly(List.of(ids));
  }

  /** Expects one of these identities; none means nobody. */
  static ExpectedPeers exactly(Collection<SpiffeId> ids) {
    Set<SpiffeId> expected = Set.copyOf(ids);
    Set<String> names = new TreeSet<>();
    expected.forEach(id -> names.add(id.toString()));
    return matching(names.isEmpty() ? "nobody" : String.join(" or ", names), expected::contains);
  }

  /** Expects any member of these trust domains. */
  static ExpectedPeers in(TrustDomain... trustDomains) {
    Set<TrustDomain> expected = Set.of(trustDomains);
    return matching(
        "a member of "
            + String.join(" or ", new TreeSet<>(expected.stream().map(TrustDomain::name).toList())),
        id -> expected.contains(id.trustDomain()));
  }

  /** Expects whom the predicate accepts. */
  static ExpectedPeers matching(String description, Predicate<SpiffeId> predicate) {
    return new ExpectedPeers() {
      @Override
      public boolean test(SpiffeId id) {
        return predicate.test(id);
      }

      @Override
      public String describe() {
        return description;
      }

      @Override
      public String toString() {
        return description;
      }
    };
  }
}
