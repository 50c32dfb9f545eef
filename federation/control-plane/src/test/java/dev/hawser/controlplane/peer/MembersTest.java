package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static final ClusterName EAST = new ClusterName("east", "mesh.internal");
  private static final String EAST_UUID = "00000000-0000-4000-8000-00000000000e";
  private static final String WEST_UUID = "00000000-0000-4000-8000-000000000001";
  private static final String OTHER_UUID = "00000000-0000-4000-8000-000000000002";

  private final Members alone = Members.alone(EAST, EAST_UUID);

  @Test
  void aRumourMakesANewcomerKnown() {
    Members members = rumour(alone, west(WEST_UUID, 1, 1, false));

    assertThat(members.findPresent("west")).isPresent();
  }

  @Test
  void twoClustersOfOneNameAreToldApartAndTheSecondIsRefused() {
    Members members = rumour(alone, west(WEST_UUID, 1, 1, false));

    Members.Merge merge = members.heardFrom(west(OTHER_UUID, 9, 1, false));

    assertThat(merge.members()).isEqualTo(members);
    assertThat(merge.clashes())
        .extracting(Members.Clash::detail)
        .containsExactly(
            "two clusters are called west: uuid 00000000-0000-4000-8000-000000000001 is the member,"
                + " uuid 00000000-0000-4000-8000-000000000002 is refused; start it under another"
                + " name, or let the member leave first");
  }

  @Test
  void nobodyElseTakesThisClustersName() {
    Member impostor = new Member(EAST, OTHER_UUID, List.of(), 1, 1, false);

    assertThat(alone.heardFrom(impostor).clashes()).hasSize(1);
    assertThat(alone.heardOf(List.of(impostor), _ -> false).members()).isEqualTo(alone);
  }

  @Test
  void anotherMeshDomainIsRefused() {
    Member foreign =
        new Member(new ClusterName("west", "other.internal"), WEST_UUID, List.of(), 1, 1, false);

    assertThat(alone.heardFrom(foreign).clashes()).hasSize(1);
    assertThat(alone.heardFrom(foreign).members()).isEqualTo(alone);
  }

  @Test
  void lateRumoursDoNotBringBackAMemberThatLeft() {
    Members members = rumour(alone, west(WEST_UUID, 3, 1, false));
    members = rumour(members, west(WEST_UUID, 3, 1, true));

    members = rumour(members, west(WEST_UUID, 3, 2, false));

    assertThat(members.findPresent("west")).isEmpty();
    assertThat(rumour(members, west(WEST_UUID, 4, 1, false)).findPresent("west")).isPresent();
  }

  @Test
  void aRumourOfDepartureIsNotBelievedWhileTheLinkIsUp() {
    Members members = rumour(alone, west(WEST_UUID, 3, 1, false));

    Members.Merge merge = members.heardOf(List.of(west(WEST_UUID, 3, 1, true)), "west"::equals);

    assertThat(merge.members().findPresent("west")).isPresent();
  }

  @Test
  void theNameOfAMemberThatLeftMayBeUsedByAnother() {
    Members members = rumour(alone, west(WEST_UUID, 3, 1, false));
    members = rumour(members, west(WEST_UUID, 3, 1, true));

    members = members.heardFrom(west(OTHER_UUID, 1, 1, false)).members();

    assertThat(members.findPresent("west").map(Member::uuid)).contains(OTHER_UUID);
  }

  @Test
  void aMemberKnowsItsOwnGatewaysBestButNeverHasNone() {
    Members members = rumour(alone, west(WEST_UUID, 9, 9, false));
    Member itself =
        new Member(west("", 0, 0, false).cluster(), WEST_UUID, List.of("b:1"), 2, 1, false);

    members = members.heardFrom(itself).members();
    assertThat(members.findPresent("west").map(Member::gateways)).contains(List.of("b:1"));

    members = members.heardFrom(itself.withGateways(List.of())).members();
    assertThat(members.findPresent("west").map(Member::gateways)).contains(List.of("b:1"));
  }

  @RepeatedTest(20)
  void rumoursInAnyOrderEndInTheSameMembers(RepetitionInfo repetition) {
    List<Member> rumours = new ArrayList<>();
    for (int epoch = 1; epoch < 4; epoch++) {
      for (int revision = 1; revision < 4; revision++) {
        rumours.add(west(WEST_UUID, epoch, revision, false));
      }
    }
    Collections.shuffle(rumours, new Random(repetition.getCurrentRepetition()));

    Members members = alone;
    for (Member one : rumours) {
      members = rumour(members, one);
    }

    assertThat(members.find("west")).contains(west(WEST_UUID, 3, 3, false));
  }

  @Test
  void theListIsBounded() {
    List<Member> many = new ArrayList<>();
    for (int i = 0; i <= Members.MAX_MEMBERS; i++) {
      many.add(
          new Member(new ClusterName("c" + i, "mesh.internal"), WEST_UUID, List.of(), 1, 1, false));
    }

    Members.Merge merge = alone.heardOf(many, _ -> false);

    assertThat(merge.members().others()).hasSize(Members.MAX_MEMBERS);
    assertThat(merge.clashes()).hasSize(1);
  }

  @Test
  void storedMembersAndEpochAreReadBack() {
    try (MemoryStateStore state = new MemoryStateStore()) {
      MemberStore store = new MemberStore(state);
      Members members = rumour(alone, west(WEST_UUID, 3, 1, false));
      store.save(alone, members);
      store.saveEpoch(7);
      store.saveGateways(List.of("a:1"));

      assertThat(new MemberStore(state).load(EAST, EAST_UUID)).isEqualTo(members);
      assertThat(new MemberStore(state).epoch()).isEqualTo(7);
      assertThat(new MemberStore(state).gateways()).containsExactly("a:1");
    }
  }

  private static Members rumour(Members members, Member rumour) {
    return members.heardOf(List.of(rumour), _ -> false).members();
  }

  private static Member west(String uuid, long epoch, long revision, boolean left) {
    return new Member(
        new ClusterName("west", "mesh.internal"),
        uuid,
        List.of("127.1.0.2:15443"),
        epoch,
        revision,
        left);
  }
}
