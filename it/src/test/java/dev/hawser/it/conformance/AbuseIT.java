package dev.hawser.it.conformance;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A few seconds of each attack of {@link AbuseConformance}, those of a kind at once. */
class AbuseIT {
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final Attack.Size SIZE = new Attack.Size(100, 2000, 5000);

  private static Abuse abuse;

  @BeforeAll
  static void start() throws IOException {
    abuse = Abuse.start("abuse-short", Duration.ofSeconds(2));
  }

  @AfterAll
  static void stop() {
    abuse.close();
  }

  @Test
  void slowClientsHoldNobodyUp() {
    abuse.attack(TIME, SIZE, Attack.SLOW_HEADS, Attack.SLOW_BODIES, Attack.UNREAD_ANSWERS);
  }

  @Test
  void resetsHoldNobodyUp() {
    abuse.attack(TIME, SIZE, Attack.RESETS);
  }

  @Test
  void floodsOfFramesHoldNobodyUp() {
    abuse.attack(TIME, SIZE, Attack.CONTINUATIONS, Attack.SETTINGS, Attack.PINGS);
  }

  @Test
  void bombsTakeNoMemory() {
    abuse.attack(TIME, SIZE, Attack.HPACK_BOMBS, Attack.HEAD_BOMBS);
  }

  @Test
  void manyConnectionsAndNamesTakeLittle() {
    abuse.attack(TIME, SIZE, Attack.CONNECTIONS, Attack.HOSTS, Attack.SERVER_NAMES);
  }

  @Test
  void keySetsOfHostileIssuersHoldNobodyUp() throws IOException {
    KeySetAbuse.attack("key-sets-short", TIME);
  }
}
