package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.Hello;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final ClusterName EAST = new ClusterName("east", "mesh.internal");
  private static final ClusterName WEST = new ClusterName("west", "mesh.internal");
  private static final String UUID = "11111111-2222-4333-8444-555555555555";
  private static final String OTHER = "99999999-2222-4333-8444-555555555555";

  @Test
  void aMemberIsWelcome() {
    assertThat(judge(hello().build(), UUID, 4)).isInstanceOf(Greeting.Welcome.class);
  }

  @Test
  void whoCallsItselfOtherwiseThanItsCertificateIsRefused() {
    Member liar = new Member(EAST, UUID, List.of(), 4, 1, false);

    assertThat(Greeting.judge(hello().build(), liar, members(), WEST, 0, new ExportOrder(1)))
        .isEqualTo(
            new Greeting.Refused(
                "it calls itself east.mesh.internal (expected: west.mesh.internal, as its"
                    + " certificate says)",
                "invalid"));
  }

  @Test
  void aHigherOnlyProtocolVersionIsRefusedAndAnOverlapIsNot() {
    assertThat(judge(hello().setLowestVersion(2).setHighestVersion(3).build(), UUID, 4))
        .isInstanceOfSatisfying(
            Greeting.Refused.class, refused -> assertThat(refused.goodbye()).isEqualTo("version"));
    assertThat(judge(hello().setLowestVersion(1).setHighestVersion(2).build(), UUID, 4))
        .isInstanceOf(Greeting.Welcome.class);
    assertThat(judge(hello().setLowestVersion(0).setHighestVersion(0).build(), UUID, 4))
        .isInstanceOf(Greeting.Welcome.class);
  }

  @Test
  void anotherUuidUnderAMembersNameIsRefused() {
    assertThat(judge(hello().build(), OTHER, 4))
        .isInstanceOfSatisfying(
            Greeting.Refused.class, refused -> assertThat(refused.goodbye()).isEqualTo("uuid"));
  }

  @Test
  void whoIsNoMemberIsRefused() {
    Members nobody = Members.alone(EAST, OTHER);
    Member west = new Member(WEST, UUID, List.of(), 4, 1, false);

    assertThat(Greeting.judge(hello().build(), west, nobody, WEST, 0, new ExportOrder(1)))
        .isInstanceOf(Greeting.Refused.class);
  }

  @Test
  void aLowerEpochThanTheLastSeenIsRefused() {
    assertThat(judge(hello().build(), UUID, 2))
        .isEqualTo(new Greeting.Refused("its epoch 2 is lower than the last seen 3", "stale"));
  }

  @Test
  void aPeerThatSawMoreOfUsThanWeRememberTellsThatWeLostOurState() {
    assertThat(judge(hello().setLastSeenEpoch(9).build(), UUID, 4))
        .isEqualTo(new Greeting.WeLostState(9));
    assertThat(judge(hello().setLastSeenEpoch(5).setLastSeenSequence(1).build(), UUID, 4))
        .isEqualTo(new Greeting.WeLostState(5));
    assertThat(judge(hello().setLastSeenEpoch(4).setLastSeenSequence(99).build(), UUID, 4))
        .isInstanceOf(Greeting.Welcome.class);
  }

  @Test
  void aPeerCannotRunOurEpochOut() {
    assertThat(judge(hello().setLastSeenEpoch(Long.MAX_VALUE).build(), UUID, 4))
        .isInstanceOf(Greeting.Refused.class);
    assertThat(judge(hello().setLastSeenEpoch(-1).build(), UUID, 4))
        .isInstanceOf(Greeting.Refused.class);
  }

  /** This cluster is in epoch 5 and has said nothing yet; west was last seen in epoch 3. */
  private static Greeting.Answer judge(Hello hello, String uuid, long epoch) {
    Member west = new Member(WEST, uuid, List.of(), epoch, 1, false);
    return Greeting.judge(hello, west, members(), WEST, 3, new ExportOrder(5));
  }

  private static Members members() {
    TreeMap<String, Member> others = new TreeMap<>();
    others.put("west", new Member(WEST, UUID, List.of("127.1.0.2:15443"), 3, 1, false));
    return new Members(EAST, OTHER, others);
  }

  private static Hello.Builder hello() {
    return Hello.newBuilder().setLowestVersion(1).setHighestVersion(1);
  }
}
