package dev.hawser.it.story;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the {@link TwoClusters} of the run to a story: made when the first asks for it, closed at
 * the end of all.
 */
final class WithTwoClusters implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(WithTwoClusters.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TwoClusters.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Attempt attempt =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Attempt.class, _ -> Attempt.make(), Attempt.class);
    return attempt
        .mesh()
        .orElseThrow(() ->
            new AssertionError(
                "the two clusters could not be made for this run: " + attempt.failure(),
                attempt.failure().orElse(null)));
  }

  /** What came of the one attempt; after a failure every story says why, and at once. */
  private record Attempt(Optional<TwoClusters> mesh, Optional<Throwable> failure)
      implements AutoCloseable {
    static Attempt make() {
      try {
        return new Attempt(Optional.of(new TwoClusters()), Optional.empty());
      } catch (RuntimeException | AssertionError e) {
        return new Attempt(Optional.empty(), Optional.of(e));
      }
    }

    @Override
    public void close() {
      mesh.ifPresent(TwoClusters::close);
    }
  }
}
