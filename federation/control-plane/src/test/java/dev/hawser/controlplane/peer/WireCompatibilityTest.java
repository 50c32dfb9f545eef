package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.ExportChange;
import dev.hawser.api.peer.v1.Goodbye;
import dev.hawser.api.peer.v1.Heartbeat;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.JoinRequest;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.Membership;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Releases N and N-1 talk to each other: what version 1 of the protocol put on the wire is recorded
 * as bytes ({@code golden/peer/*.hex}) and must be read, and written, for as long as version 1 is
 * spoken. {@code -DUPDATE_GOLDEN=true} writes files that are missing; a recorded one is never
 * changed.
 */
class WireCompatibilityTest {
  private static final String UUID = "11111111-2222-4333-8444-555555555555";
  private static final Member WEST =
      new Member(
          new ClusterName("west", "mesh.internal"),
          UUID,
          List.of("127.2.0.2:15443", "127.2.0.3:15443"),
          4,
          2,
          false);

  record Recorded(String name, Message message) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Recorded> version1() {
    LinkMessage hello =
        link()
            .setHello(
                Hello.newBuilder()
                    .setSelf(MemberWire.toWire(WEST))
                    .setLowestVersion(1)
                    .setHighestVersion(1)
                    .addCapabilities("slots")
                    .setLastSeenEpoch(3)
                    .setLastSeenSequence(17)
                    .addMembers(MemberWire.toWire(WEST.gone()))
                    .setRootHolder("east"))
            .build();
    LinkMessage exports =
        link().setExports(ImportsTest.set(4, 1, ImportsTest.export("payments").build())).build();
    LinkMessage change =
        link()
            .setChange(
                ExportChange.newBuilder()
                    .setEpoch(4)
                    .setSequence(2)
                    .addUpserts(ImportsTest.export("refunds"))
                    .addRemovals("payments.shop"))
            .build();
    LinkMessage heartbeat =
        link()
            .setHeartbeat(
                Heartbeat.newBuilder()
                    .setNonce(9)
                    .setEcho(8)
                    .setEpoch(4)
                    .setSequence(2)
                    .addGateways("127.2.0.2:15443"))
            .build();
    LinkMessage membership =
        link()
            .setMembership(
                Membership.newBuilder().addMembers(MemberWire.toWire(WEST)).setRootHolder("east"))
            .build();
    LinkMessage goodbye = link().setGoodbye(Goodbye.newBuilder().setReason("leaving")).build();
    JoinRequest join =
        JoinRequest.newBuilder()
            .setToken("hwsr1.token")
            .setMember(MemberWire.toWire(WEST))
            .setLowestVersion(1)
            .setHighestVersion(1)
            .build();
    return List.of(
        new Recorded("hello-v1", hello),
        new Recorded("exports-v1", exports),
        new Recorded("change-v1", change),
        new Recorded("heartbeat-v1", heartbeat),
        new Recorded("membership-v1", membership),
        new Recorded("goodbye-v1", goodbye),
        new Recorded("join-request-v1", join));
  }

  @ParameterizedTest
  @MethodSource("version1")
  void whatVersion1WroteIsReadAndWrittenAsItWas(Recorded recorded) throws IOException {
    byte[] bytes = recording(recorded);

    assertThat(recorded.message().getParserForType().parseFrom(bytes))
        .isEqualTo(recorded.message());
    assertThat(recorded.message().toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aGreetingOfVersion1IsWelcome() throws IOException {
    Hello hello = LinkMessage.parseFrom(recording(version1().getFirst())).getHello();
    TreeMap<String, Member> others = new TreeMap<>();
    others.put("west", WEST);
    Members members = new Members(new ClusterName("east", "mesh.internal"), UUID, others);

    Greeting.Answer answer =
        Greeting.judge(
            hello,
            MemberWire.fromWire(hello.getSelf()),
            members,
            WEST.cluster(),
            4,
            new ExportOrder(5));

    assertThat(answer).isInstanceOf(Greeting.Welcome.class);
    assertThat(MemberWire.fromWire(hello.getSelf())).isEqualTo(WEST);
  }

  @Test
  void aNewerReleaseMaySayMoreThanIsKnownHere() throws InvalidProtocolBufferException {
    // Field 99 of the envelope, length-delimited, with five bytes.
    byte[] unknown = HexFormat.of().parseHex("9a060568656c6c6f");

    LinkMessage message = LinkMessage.parseFrom(unknown);

    assertThat(message.getMessageCase()).isEqualTo(LinkMessage.MessageCase.MESSAGE_NOT_SET);
  }

  private static byte[] recording(Recorded recorded) throws IOException {
    String resource = "/golden/peer/" + recorded.name() + ".hex";
    try (InputStream in = WireCompatibilityTest.class.getResourceAsStream(resource)) {
      if (in == null && Boolean.getBoolean("UPDATE_GOLDEN")) {
        byte[] bytes = recorded.message().toByteArray();
        Files.writeString(
            Path.of("src/test/resources" + resource), HexFormat.of().formatHex(bytes) + "\n");
        return bytes;
      }
      String hex =
          new String(
              Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.strip());
    }
  }

  private static LinkMessage.Builder link() {
    return LinkMessage.newBuilder();
  }
}
