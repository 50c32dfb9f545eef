package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.ExportChange;
import dev.hawser.api.peer.v1.ExportPort;
import dev.hawser.api.peer.v1.ExportSet;
import dev.hawser.api.peer.v1.Slot;
import dev.hawser.controlplane.peer.Imports.Outcome.Applied;
import dev.hawser.controlplane.peer.Imports.Outcome.Refused;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportsTest {
  private static final ClusterName WEST = new ClusterName("west", "mesh.internal");

  private final Imports imports = new Imports(WEST);

  @Test
  void aSetReplacesAllAndAChangeOnlyWhatItNames() {
    assertThat(imports.apply(set(1, 1, export("a").build(), export("b").build())))
        .isEqualTo(new Applied(true));
    assertThat(
            imports.apply(
                ExportChange.newBuilder()
                    .setEpoch(1)
                    .setSequence(2)
                    .addRemovals("a.shop")
                    .addUpserts(export("c"))
                    .build()))
        .isEqualTo(new Applied(true));
    assertThat(names()).containsExactly("b.shop", "c.shop");

    imports.newLink();
    assertThat(imports.apply(set(1, 3, export("c").build()))).isEqualTo(new Applied(true));
    assertThat(names()).containsExactly("c.shop");

    imports.newLink();
    assertThat(imports.apply(set(1, 4, export("c").build()))).isEqualTo(new Applied(false));
  }

  @ParameterizedTest
  @CsvSource({"4, 9", "5, 2", "5, 3"})
  void aLowerOrEqualOrderIsRefused(long epoch, long sequence) {
    imports.apply(set(5, 3, export("a").build()));
    imports.newLink();

    assertThat(imports.apply(set(epoch, sequence))).isInstanceOf(Refused.class);
    assertThat(names()).containsExactly("a.shop");
  }

  @Test
  void aHigherEpochBeginsItsSequenceAnew() {
    imports.apply(set(5, 300, export("a").build()));
    imports.newLink();

    assertThat(imports.apply(set(6, 1))).isEqualTo(new Applied(true));
  }

  @Test
  void aGapInTheChangesIsRefused() {
    imports.apply(set(1, 1, export("a").build()));

    assertThat(imports.apply(ExportChange.newBuilder().setEpoch(1).setSequence(3).build()))
        .isEqualTo(
            new Refused("change (epoch 1, sequence 3) does not follow (epoch 1, sequence 1)"));
  }

  @Test
  void aChangeBeforeTheSetOfItsLinkIsRefused() {
    imports.apply(set(1, 1, export("a").build()));
    imports.newLink();

    assertThat(imports.apply(ExportChange.newBuilder().setEpoch(1).setSequence(2).build()))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aSetInPartsCountsWhenItIsWhole() {
    imports.apply(set(1, 1, export("old").build()));
    imports.newLink();

    imports.apply(set(1, 2, export("a").build()).toBuilder().setMore(true).build());
    assertThat(names()).containsExactly("old.shop");
    imports.apply(set(1, 2, export("b").build()));

    assertThat(names()).containsExactly("a.shop", "b.shop");
  }

  @Test
  void whatIsReadIsWhatWasMeant() {
    imports.apply(set(1, 1, export("a").build()));

    RemoteExport export = imports.exports().getFirst();
    assertThat(export.cluster()).isEqualTo("west");
    assertThat(export.service()).isEqualTo(new ServiceName("a", "shop"));
    assertThat(export.ports()).hasSize(1);
    assertThat(export.slots()).extracting(RemoteSlot::number).containsExactly(0);
    assertThat(export.identities()).containsExactly("spiffe://west.mesh.internal/ns/shop/sa/a");
    assertThat(export.since()).isEqualTo(Instant.ofEpochMilli(1000));
  }

  @Test
  void aBadItemIsShownWithItsReasonAndTheGoodOnesStay() {
    Map<String, Consumer<Export.Builder>> bad =
        Map.ofEntries(
            Map.entry("kube-system", e -> e.setNamespace("kube-system")),
            Map.entry("not a label", e -> e.setName("Not_A_Label")),
            Map.entry("no port", Export.Builder::clearPorts),
            Map.entry("port number", e -> e.addPorts(port(70_000, "http"))),
            Map.entry("port twice", e -> e.addPorts(port(8080, "http"))),
            Map.entry("protocol", e -> e.addPorts(port(9090, "carrier-pigeon"))),
            Map.entry("slot number", e -> e.addSlots(slot(10_000))),
            Map.entry("slot twice", e -> e.addSlots(slot(0))),
            Map.entry("generation", e -> e.addSlots(slot(5).toBuilder().setGeneration(0))),
            Map.entry("huge generation", e -> e.addSlots(slot(5).toBuilder().setGeneration(-1))),
            Map.entry("weight", e -> e.addSlots(slot(5).toBuilder().setWeight(0))),
            Map.entry("locality", e -> e.addSlots(slot(5).toBuilder().setRegion("a b"))),
            Map.entry(
                "foreign identity",
                e -> e.addIdentities("spiffe://east.mesh.internal/ns/shop/sa/orders")),
            Map.entry("no identity at all", e -> e.addIdentities("orders")));
    bad.forEach((what, spoil) -> {
      Imports fresh = new Imports(WEST);
      Export.Builder spoilt = export("bad");
      spoil.accept(spoilt);

      fresh.apply(set(1, 1, export("good").build(), spoilt.build()));

      assertThat(fresh.exports())
          .as(what)
          .extracting(export -> export.service().name())
          .containsExactly("good");
      assertThat(fresh.rejected()).as(what).hasSize(1);
      assertThat(fresh.rejected().firstEntry().getValue()).as(what).contains("expected");
    });
  }

  @Test
  void aSpoiltUpdateLeavesTheLastGoodVersion() {
    imports.apply(set(1, 1, export("a").build()));
    RemoteExport good = imports.exports().getFirst();

    imports.apply(
        ExportChange.newBuilder()
            .setEpoch(1)
            .setSequence(2)
            .addUpserts(export("a").addIdentities("spiffe://east.mesh.internal/ns/shop/sa/a"))
            .build());

    assertThat(imports.exports()).containsExactly(good);
    assertThat(imports.rejected()).containsOnlyKeys("a.shop");

    imports.apply(
        ExportChange.newBuilder().setEpoch(1).setSequence(3).addUpserts(export("a")).build());
    assertThat(imports.rejected()).isEmpty();
  }

  @Test
  void moreExportsThanTheCapAreRefusedOneByOne() {
    List<Export> many = new ArrayList<>();
    IntStream.range(0, Imports.MAX_EXPORTS + 5).forEach(i -> many.add(export("s" + i).build()));

    imports.apply(ExportSet.newBuilder().setEpoch(1).setSequence(1).addAllExports(many).build());

    assertThat(imports.exports()).hasSize(Imports.MAX_EXPORTS);
    assertThat(imports.rejected()).hasSize(5);
  }

  @Test
  void aFloodOfBadItemsDoesNotGrowWhatIsShown() {
    List<Export> many = new ArrayList<>();
    IntStream.range(0, 5000).forEach(i -> many.add(export("s" + i).clearPorts().build()));

    imports.apply(ExportSet.newBuilder().setEpoch(1).setSequence(1).addAllExports(many).build());

    assertThat(imports.rejected()).hasSize(100);
  }

  @Test
  void whatIsStoredIsKnownAfterARestartAndOnlyDifferencesAreWritten() {
    try (MemoryStateStore state = new MemoryStateStore()) {
      imports.apply(set(3, 9, export("a").build(), export("b").build()));
      ImportStore store = new ImportStore(state);
      Instant heard = Instant.ofEpochMilli(5000);
      store.save("west", "uuid", 3, 9, heard, imports.accepted());

      ImportStore.LastKnown known = known(state);
      assertThat(known.epoch()).isEqualTo(3);
      assertThat(known.sequence()).isEqualTo(9);
      assertThat(known.heard()).isEqualTo(heard);
      Imports restored = new Imports(WEST);
      restored.restore(known.epoch(), known.sequence(), known.exports());
      assertThat(restored.exports()).isEqualTo(imports.exports());
      assertThat(restored.apply(set(3, 9))).isInstanceOf(Refused.class);

      imports.apply(
          ExportChange.newBuilder().setEpoch(3).setSequence(10).addRemovals("a.shop").build());
      store.save("west", "uuid", 3, 10, heard, imports.accepted());
      assertThat(known(state).exports()).hasSize(1);

      store.remove("west");
      assertThat(new ImportStore(state).load()).isEmpty();
    }
  }

  private static ImportStore.LastKnown known(MemoryStateStore state) {
    ImportStore.LastKnown known = new ImportStore(state).load().get("west");
    assertThat(known).isNotNull();
    return Objects.requireNonNull(known);
  }

  private List<String> names() {
    return imports.exports().stream().map(export -> export.service().toString()).toList();
  }

  static ExportSet set(long epoch, long sequence, Export... exports) {
    return ExportSet.newBuilder()
        .setEpoch(epoch)
        .setSequence(sequence)
        .addAllExports(List.of(exports))
        .build();
  }

  static Export.Builder export(String name) {
    return Export.newBuilder()
        .setName(name)
        .setNamespace("shop")
        .addPorts(port(8080, "http"))
        .addSlots(slot(0))
        .addIdentities("spiffe://west.mesh.internal/ns/shop/sa/" + name)
        .setSinceMillis(1000);
  }

  private static ExportPort port(int number, String protocol) {
    return ExportPort.newBuilder()
        .setName("p" + number)
        .setNumber(number)
        .setProtocol(protocol)
        .build();
  }

  private static Slot slot(int number) {
    return Slot.newBuilder()
        .setNumber(number)
        .setGeneration(1)
        .setRegion("eu")
        .setZone("eu-1")
        .setWeight(1)
        .build();
  }
}
