package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ExportSenderTest {
  private final ExportOrder order = new ExportOrder(7);
  private final ExportSender sender = new ExportSender(order);

  @Test
  void anEmptySetIsSaidToo() {
    LinkMessage message = sender.next(wanted(1, new TreeMap<>())).orElseThrow();

    assertThat(message.getExports().getExportsCount()).isZero();
    assertThat(message.getExports().getMore()).isFalse();
    assertThat(message.getExports().getEpoch()).isEqualTo(7);
    assertThat(message.getExports().getSequence()).isEqualTo(1);
  }

  @Test
  void aReplacedPodCostsOneSmallMessage() {
    NavigableMap<String, Export> exports = new TreeMap<>();
    for (int i = 0; i < 1000; i++) {
      exports.put("s" + i + ".shop", ImportsTest.export("s" + i).build());
    }
    drain(wanted(1, exports));

    NavigableMap<String, Export> next = new TreeMap<>(exports);
    next.put(
        "s5.shop",
        ImportsTest.export("s5")
            .clearSlots()
            .addSlots(Slot.newBuilder().setNumber(1).setGeneration(1).setWeight(1))
            .build());
    List<LinkMessage> messages = drain(wanted(2, next));

    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst().getSerializedSize()).isLessThan(150);
  }

  @Test
  void aHugeSetIsCutIntoPartsThatAReceiverTakes() {
    NavigableMap<String, Export> exports = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      Export.Builder export = ImportsTest.export("s" + i).clearSlots();
      for (int slot = 0; slot < 10_000; slot++) {
        export.addSlots(
            Slot.newBuilder().setNumber(slot).setGeneration(1).setRegion("eu-west-1").setWeight(1));
      }
      exports.put("s" + i + ".shop", export.build());
    }

    List<LinkMessage> parts = drain(wanted(1, exports));

    assertThat(parts).hasSizeGreaterThan(5);
    assertThat(parts).allMatch(part -> part.getSerializedSize() < 1024 * 1024);
    assertThat(parts).allMatch(part -> part.getExports().getSequence() == 1);
    assertThat(parts.stream().mapToInt(part -> part.getExports().getExportsCount()).sum())
        .isEqualTo(40);
  }

  @Test
  void whatChangedWhileTheReceiverWasSlowIsSaidOnceInItsLatestForm() {
    drain(wanted(1, of("a")));

    List<LinkMessage> messages = drain(wanted(9, of("b", "c")));

    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst().getChange().getRemovalsList()).containsExactly("a.shop");
    assertThat(messages.getFirst().getChange().getUpsertsCount()).isEqualTo(2);
  }

  @Provide
  Arbitrary<List<List<String>>> histories() {
    return Arbitraries.of("a", "b", "c", "d", "e").list().ofMaxSize(5).list().ofMaxSize(12);
  }

  @Property
  void theReceiverEndsWithWhatIsWanted(@ForAll("histories") List<List<String>> history) {
    ExportSender speaker = new ExportSender(new ExportOrder(1));
    Imports imports = new Imports(new ClusterName("west", "mesh.internal"));
    long version = 0;
    for (List<String> names : history) {
      ExportSender.Wanted wanted = wanted(++version, of(names.toArray(String[]::new)));
      Optional<LinkMessage> next = speaker.next(wanted);
      while (next.isPresent()) {
        Imports.Outcome outcome =
            next.get().hasExports()
                ? imports.apply(next.get().getExports())
                : imports.apply(next.get().getChange());
        assertThat(outcome).isInstanceOf(Imports.Outcome.Applied.class);
        next = speaker.next(wanted);
      }
      assertThat(imports.accepted().keySet().stream().map(Object::toString).toList())
          .isEqualTo(List.copyOf(wanted.exports().keySet()));
    }
  }

  private List<LinkMessage> drain(ExportSender.Wanted wanted) {
    List<LinkMessage> messages = new ArrayList<>();
    Optional<LinkMessage> next = sender.next(wanted);
    while (next.isPresent()) {
      messages.add(next.get());
      next = sender.next(wanted);
    }
    return messages;
  }

  private static ExportSender.Wanted wanted(long version, NavigableMap<String, Export> exports) {
    return new ExportSender.Wanted(version, exports);
  }

  private static NavigableMap<String, Export> of(String... names) {
    NavigableMap<String, Export> exports = new TreeMap<>();
    for (String name : names) {
      exports.put(name + ".shop", ImportsTest.export(name).build());
    }
    return exports;
  }
}
