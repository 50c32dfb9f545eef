package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.peer.v1.Heartbeat;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.Membership;
import dev.hawser.api.peer.v1.TrustUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LinkSessionTest {
  private static final Instant START = Instant.EPOCH;

  private final Wire wire = new Wire();
  private final Words words = new Words();
  private final ExportOrder order = new ExportOrder(1);
  private final LinkSession session = new LinkSession(wire, true, "a:1", order, START);

  @Test
  void nothingButTheGreetingIsSaidBeforeTheOtherSideHasGreeted() {
    session.pump(words, false, START);
    session.pump(words, false, START.plusSeconds(2));

    assertThat(wire.kinds()).containsExactly(LinkMessage.MessageCase.HELLO);
    assertThat(session.expired(START.plusSeconds(2))).isEmpty();
    assertThat(session.expired(START.plusSeconds(3))).contains("no greeting within 3 s");
  }

  @Test
  void theChosenSessionSaysEverythingOnce() {
    greet();

    assertThat(wire.kinds())
        .containsExactly(
            LinkMessage.MessageCase.HELLO,
            LinkMessage.MessageCase.HEARTBEAT,
            LinkMessage.MessageCase.TRUST,
            LinkMessage.MessageCase.EXPORTS);

    session.pump(words, true, START);
    assertThat(wire.sent).hasSize(4);
  }

  @Test
  void nothingIsSaidOfExportsWhileTheyAreNotKnown() {
    words.wanted = Optional.empty();
    greet();

    assertThat(wire.kinds()).doesNotContain(LinkMessage.MessageCase.EXPORTS);

    words.wanted = Optional.of(new ExportSender.Wanted(1, new TreeMap<>()));
    session.pump(words, true, START);
    assertThat(wire.kinds()).contains(LinkMessage.MessageCase.EXPORTS);
  }

  @Test
  void aSlowReaderIsNotSpokenToAndLaterHearsOnlyTheLatest() {
    greet();
    wire.sent.clear();
    wire.ready = false;
    for (int i = 0; i < 1000; i++) {
      words.membershipVersion++;
      words.wanted = Optional.of(new ExportSender.Wanted(i + 10, new TreeMap<>()));
      session.pump(words, true, START.plusMillis(i));
    }
    assertThat(wire.sent).isEmpty();

    wire.ready = true;
    session.pump(words, true, START.plusSeconds(1));

    assertThat(wire.kinds())
        .containsExactly(LinkMessage.MessageCase.HEARTBEAT, LinkMessage.MessageCase.MEMBERSHIP);
  }

  @Test
  void onlyAnEchoOfOurOwnHeartbeatCountsAsHeard() {
    greet();
    long nonce = wire.last(LinkMessage.MessageCase.HEARTBEAT).getHeartbeat().getNonce();

    assertThat(session.heard(Heartbeat.newBuilder().setNonce(7).setEcho(99).build())).isEmpty();
    assertThat(session.heard(Heartbeat.newBuilder().setNonce(8).setEcho(0).build())).isEmpty();
    assertThat(session.heard(Heartbeat.newBuilder().setNonce(9).setEcho(nonce).build()))
        .contains(START);
    assertThat(session.heard(Heartbeat.newBuilder().setNonce(10).setEcho(nonce).build()))
        .as("an old echo again")
        .isEmpty();
  }

  @Test
  void aPeerThatOnlyTalksIsGivenUp() {
    greet();
    for (int second = 1; second < 3; second++) {
      session.heard(Heartbeat.newBuilder().setNonce(second).build());
      session.pump(words, true, START.plusSeconds(second));
      assertThat(session.expired(START.plusSeconds(second))).isEmpty();
    }

    assertThat(session.expired(START.plusSeconds(3))).contains("no heartbeat answered for 3 s");
  }

  @Test
  void heartbeatsEchoTheLastNonce() {
    greet();
    session.heard(Heartbeat.newBuilder().setNonce(41).build());

    session.pump(words, true, START.plusSeconds(1));

    assertThat(wire.last(LinkMessage.MessageCase.HEARTBEAT).getHeartbeat().getEcho()).isEqualTo(41);
  }

  @Test
  void theGoodbyeIsTheLastWord() {
    greet();
    session.close(Optional.of("leaving"));
    session.pump(words, true, START.plusSeconds(5));

    assertThat(wire.sent.getLast().getGoodbye().getReason()).isEqualTo("leaving");
    assertThat(wire.closed).isTrue();
  }

  @Test
  void ofTwoSessionsThatOfTheLowerNameStaysAndOfTwoOfOneSideTheNewer() {
    LinkSession dialled = session;
    LinkSession accepted = new LinkSession(new Wire(), false, "b", order, START);
    LinkSession again = new LinkSession(new Wire(), true, "a:1", order, START);

    assertThat(LinkSession.prefers(dialled, accepted, true)).isTrue();
    assertThat(LinkSession.prefers(accepted, dialled, true)).isFalse();
    assertThat(LinkSession.prefers(dialled, accepted, false)).isFalse();
    assertThat(LinkSession.prefers(accepted, dialled, false)).isTrue();
    assertThat(LinkSession.prefers(again, dialled, false)).isTrue();
  }

  private void greet() {
    session.pump(words, false, START);
    session.greeted(START);
    session.pump(words, true, START);
  }

  /** Keeps what was sent. */
  private static final class Wire implements LinkChannel {
    private final List<LinkMessage> sent = new ArrayList<>();
    private boolean ready = true;
    private boolean closed;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void send(LinkMessage message) {
      sent.add(message);
    }

    @Override
    public void requestNext() {}

    @Override
    public void close() {
      closed = true;
    }

    List<LinkMessage.MessageCase> kinds() {
      return sent.stream().map(LinkMessage::getMessageCase).toList();
    }

    LinkMessage last(LinkMessage.MessageCase kind) {
      return sent.stream()
          .filter(message -> message.getMessageCase() == kind)
          .reduce((_, later) -> later)
          .orElseThrow();
    }
  }

  /** What there is to say. */
  private static final class Words implements LinkSession.Speaker {
    private long membershipVersion = 1;
    private Optional<ExportSender.Wanted> wanted =
        Optional.of(new ExportSender.Wanted(1, new TreeMap<>()));

    @Override
    public LinkMessage hello() {
      return LinkMessage.newBuilder().setHello(Hello.getDefaultInstance()).build();
    }

    @Override
    public Heartbeat.Builder heartbeat() {
      return Heartbeat.newBuilder();
    }

    @Override
    public long membershipVersion() {
      return membershipVersion;
    }

    @Override
    public LinkMessage membership() {
      return LinkMessage.newBuilder().setMembership(Membership.getDefaultInstance()).build();
    }

    @Override
    public long trustVersion() {
      return 1;
    }

    @Override
    public LinkMessage trust() {
      return LinkMessage.newBuilder().setTrust(TrustUpdate.getDefaultInstance()).build();
    }

    @Override
    public Optional<ExportSender.Wanted> exports() {
      return wanted;
    }
  }
}
