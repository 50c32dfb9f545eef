package dev.hawser.trust.spiffe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
  private static final String PATH_CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

  @Property
  void everyIdIsReadBackAsItself(@ForAll("domains") String domain, @ForAll("paths") String path) {
    SpiffeId id = new SpiffeId(new TrustDomain(domain), path);
    assertThat(SpiffeId.parse(id.toString())).isEqualTo(id);
  }

  @Property
  void everyIdIsAUriWhoseHostIsTheTrustDomain(
      @ForAll("domains") String domain, @ForAll("paths") String path) {
    URI uri = URI.create(new SpiffeId(new TrustDomain(domain), path).toString());
    assertThat(uri.getScheme()).isEqualTo("spiffe");
    assertThat(uri.getRawAuthority()).isEqualTo(domain);
    assertThat(uri.getRawPath()).isEqualTo(path);
    assertThat(uri.normalize()).isEqualTo(uri);
  }

  @Property
  void anyTextIsEitherCanonicalOrRefusedWithItsName(@ForAll String text) {
    String uri = "spiffe://" + text;
    try {
      assertThat(SpiffeId.parse(uri)).hasToString(uri);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("SPIFFE id: 'spiffe://");
      assertThat(e.getMessage()).matches("[ -~]*");
    }
  }

  @Property
  void oneForeignCharacterAnywhereIsRefused(
      @ForAll @CharRange(from = '\0', to = '\u00ff') char foreign,
      @ForAll @IntRange(min = 0, max = 27) int position) {
    String legal = "ns/shop-1/sa/orders.api_v2.x";
    if (PATH_CHARACTERS.indexOf(foreign) >= 0 || foreign == '/') {
      return;
    }
    String path = "/" + legal.substring(0, position) + foreign + legal.substring(position);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse("spiffe://east.mesh.internal" + path));
  }

  @Property
  void workloadGivesBackItsParts(
      @ForAll("segments") String namespace, @ForAll("segments") String account) {
    SpiffeId id = SpiffeId.workload(new TrustDomain("east.mesh.internal"), namespace, account);
    assertThat(id.namespace()).contains(namespace);
    assertThat(id.serviceAccount()).contains(account);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe:/east/a",
        "SPIFFE://east/a",
        "spiffe://",
        "spiffe:///a",
        "spiffe://East/a",
        "spiffe://east_1/a",
        "spiffe://-east/a",
        "spiffe://east-/a",
        "spiffe://east..mesh/a",
        "spiffe://.east/a",
        "spiffe://east./a",
        "spiffe://10.0.0.1/a",
        "spiffe://[::1]/a",
        "spiffe://east:443/a",
        "spiffe://user@east/a",
        "spiffe://east?a",
        "spiffe://east#a",
        "spiffe://east/",
        "spiffe://east//a",
        "spiffe://east/a/",
        "spiffe://east/.",
        "spiffe://east/../a",
        "spiffe://east/a/./b",
        "spiffe://east/a?b=c",
        "spiffe://east/a#b",
        "spiffe://east/%61",
        "spiffe://east/a b",
        "spiffe://east/\u00e4",
        "spiffe://\u00e4st/a",
        " spiffe://east/a",
        "spiffe://east/a\n",
        "https://east/a"
      })
  void whatIsNotCanonicalIsRefused(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse(uri))
        .withMessageContaining("expected");
  }

  @Test
  void lengthsEndWhereTheSpecificationSays() {
    String start = "spiffe://east/";
    assertThat(SpiffeId.parse(start + "a".repeat(2048 - start.length())).toString()).hasSize(2048);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse(start + "a".repeat(2049 - start.length())))
        .withMessageContaining("2049");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SpiffeId(new TrustDomain("east"), "/" + "a".repeat(2049 - start.length())))
        .withMessageContaining("2048");
    String label = "a".repeat(63);
    String longest = String.join(".", List.of(label, label, label, label));
    assertThat(new TrustDomain(longest).name()).hasSize(255);
    assertThatIllegalArgumentException().isThrownBy(() -> new TrustDomain("a." + longest));
    assertThatIllegalArgumentException().isThrownBy(() -> new TrustDomain("a".repeat(64)));
  }

  @Test
  void processesOfTheMeshHaveFixedNames() {
    TrustDomain east = TrustDomain.of("east", "mesh.internal");
    assertThat(SpiffeId.controlPlane(east))
        .hasToString("spiffe://east.mesh.internal/ns/hawser-system/sa/control-plane");
    assertThat(SpiffeId.gateway(east))
        .hasToString("spiffe://east.mesh.internal/ns/hawser-system/sa/gateway");
  }

  @Test
  void pathThatIsNoWorkloadsHasNoNamespace() {
    assertThat(SpiffeId.parse("spiffe://east").namespace()).isEmpty();
    assertThat(SpiffeId.parse("spiffe://east/ns/a/sa").serviceAccount()).isEmpty();
    assertThat(SpiffeId.parse("spiffe://east/ns/a/sb/c").namespace()).isEmpty();
    assertThat(SpiffeId.parse("spiffe://east/ns/a/sa/b/c").namespace()).isEmpty();
  }

  @Test
  void slashInAPartIsRefusedSoThatNobodyWidensAnIdentity() {
    TrustDomain east = new TrustDomain("east");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.workload(east, "a/sa/b", "c"))
        .withMessageContaining("namespace: 'a/sa/b'");
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.workload(east, "a", ".."));
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.workload(east, "a", ""));
  }

  @Provide
  Arbitrary<String> segments() {
    return Arbitraries.strings()
        .withChars(PATH_CHARACTERS)
        .ofMinLength(1)
        .ofMaxLength(20)
        .filter(segment -> !segment.equals(".") && !segment.equals(".."));
  }

  @Provide
  Arbitrary<String> paths() {
    return segments()
        .list()
        .ofMaxSize(6)
        .map(list -> list.isEmpty() ? "" : "/" + String.join("/", list));
  }

  @Provide
  Arbitrary<String> domains() {
    Arbitrary<String> label =
        Arbitraries.strings()
            .withChars("abcxyz0189-")
            .ofMinLength(1)
            .ofMaxLength(20)
            .filter(text -> !text.startsWith("-") && !text.endsWith("-"));
    return label
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(labels -> String.join(".", labels))
        .filter(name -> name.substring(name.lastIndexOf('.') + 1).matches(".*[^0-9].*"));
  }
}
