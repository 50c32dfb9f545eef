package dev.hawser.bench.cases;

import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.stats.Book;
import java.io.IOException;

/** Something that is measured. */
public interface BenchCase {
  /** Returns the name by which it is asked for. */
  String name();

  /** Returns whether it is run only when it is asked for by its name, since it takes long. */
  default boolean isOnlyByName() {
    return false;
  }

  /**
   * Measures.
   *
   * @param book gets the values
   * @param notes gets what a reader should know besides, in sentences
   * @throws CaseFailed if the figures would not mean what they say
   * @throws IOException if something could not be started or read
   */
  void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException;
}
