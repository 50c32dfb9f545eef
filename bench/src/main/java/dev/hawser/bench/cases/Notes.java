package dev.hawser.bench.cases;

/** Hears what a reader should know besides the figures. */
public interface Notes {
  /** Takes a sentence. */
  void note(String sentence);
}
