package dev.hawser.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BookTest {
  @Test
  void twoOfSevenRoundsAreDroppedAndNeverAllOfFew() {
    assertThat(List.of(1, 2, 3, 4, 7, 20).stream().map(Book::dropped).toList())
        .containsExactly(0, 1, 1, 2, 2, 2);
  }

  @Test
  void firstRoundsDoNotCount() {
    Book book = new Book("h1-1k", 4);
    double[] values = {1000, 500, 10, 20};
    for (int round = 0; round < values.length; round++) {
      book.note(round, Subject.HAWSER, "cpu", values[round]);
    }

    assertThat(book.results()).singleElement().returns(new Spread(15, 12.5, 17.5), Result::spread);
  }

  @Test
  void ratiosAreTakenRoundByRoundAndNotOfMedians() {
    Book book = new Book("h1-1k", 3);
    double[] ours = {1, 10, 60};
    double[] theirs = {1, 20, 30};
    for (int round = 0; round < 3; round++) {
      book.note(round, Subject.HAWSER, "cpu", ours[round]);
      book.note(round, Subject.ENVOY, "cpu", theirs[round]);
    }

    assertThat(book.results().getFirst().ratios())
        .containsExactly(java.util.Map.entry(Subject.ENVOY, new Spread(1.25, 0.875, 1.625)));
  }

  @Test
  void whatASubjectCannotDoIsAbsent() {
    Book book = new Book("mtls-new", 1);
    book.note(0, Subject.HAWSER, "cpu", 5);
    book.note(0, Subject.ENVOY, "cpu", 10);

    assertThat(book.results())
        .extracting(Result::subject)
        .containsExactly(Subject.HAWSER, Subject.ENVOY);
    assertThat(book.results().getFirst().ratios()).containsOnlyKeys(Subject.ENVOY);
    assertThat(book.results().getLast().ratios()).isEmpty();
  }

  @Test
  void nothingIsDividedByNothing() {
    Book book = new Book("idle-services", 1);
    book.note(0, Subject.HAWSER, "added", 0);
    book.note(0, Subject.ENVOY, "added", 0);

    assertThat(book.results().getFirst().ratios()).isEmpty();
  }

  @Test
  void negativeValuesAreRefused() {
    Book book = new Book("h1-1k", 1);

    assertThatThrownBy(() -> book.note(0, Subject.ENVOY, "cpu", -1))
        .hasMessageContaining("h1-1k cpu: -1.0");
  }
}
