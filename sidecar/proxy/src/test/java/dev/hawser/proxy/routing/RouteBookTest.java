package dev.hawser.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.worker.Asking;
import dev.hawser.proxy.worker.OnDemand;
import dev.hawser.proxy.worker.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteBookTest {
  private final List<String> asked = new ArrayList<>();
  private final List<String> forgotten = new ArrayList<>();

  private final Asking asking =
      new Asking() {
        @Override
        public void ask(String resource) {
          asked.add(resource);
        }

        @Override
        public void forget(String resource) {
          forgotten.add(resource);
        }
      };

  @Test
  void hostsThatNobodyServesGiveTheirPlaceToOthers() {
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, true, "book-test"))) {
      RouteBook book = new RouteBook(new Workers(loops), Routes.NO_FILTERS, asking);
      for (int i = 0; i < 2000; i++) {
        assertThat(book.host("t", "h" + i)).isInstanceOf(OnDemand.Known.Awaited.class);
      }
      book.putHost("t/h0", new RouteTable.Host("h0", List.of("h0"), List.of()));
      for (int i = 1; i < 2000; i++) {
        book.removeHost("t/h" + i);
      }

      assertThat(book.host("t", "new")).isInstanceOf(OnDemand.Known.Awaited.class);

      assertThat(asked).hasSize(2001).endsWith("t/new");
      assertThat(forgotten).containsExactly("t/h1");
      assertThat(book.host("t", "h0")).isInstanceOf(OnDemand.Known.Found.class);
      // What still comes for one that was given up takes no place.
      book.removeHost("t/h1");
      assertThat(book.asked()).hasSize(2000).doesNotContainKey("t/h1");
    }
  }
}
