package dev.hawser.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom. Maven's modules draw most of it; what they cannot say stands here. */
final class ArrowsTest {
  private static final String API = "dev.hawser.api..";
  private static final String TRUST = "dev.hawser.trust..";
  private static final String CONTROL_PLANE = "dev.hawser.controlplane..";
  private static final String CLI = "dev.hawser.cli..";
  private static final String ENGINE = "dev.hawser.engine..";
  private static final String HOST = "dev.hawser.host..";
  private static final String PROXY = "dev.hawser.proxy..";
  private static final String GATEWAY = "dev.hawser.gateway..";
  private static final String AGENT = "dev.hawser.agent..";
  private static final String TESTING = "dev.hawser.testing..";

  /** A module's package and the modules that it may use besides itself. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          TESTING, List.of(),
          API, List.of(),
          TRUST, List.of(),
          CONTROL_PLANE, List.of(API, TRUST),
          CLI, List.of(API),
          ENGINE, List.of(API, TRUST),
          HOST, List.of(API, TRUST),
          PROXY, List.of(API, TRUST, ENGINE, HOST),
          GATEWAY, List.of(API, TRUST, ENGINE, HOST),
          AGENT, List.of(API, TRUST, ENGINE, HOST, PROXY));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(
              location -> !location.contains("-tests.jar") && !location.contains("/test-classes"))
          .importPackages("dev.hawser");

  @Test
  void everyModuleIsSeen() {
    Set<String> modules =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith("dev.hawser."))
            .map(name -> "dev.hawser." + name.split("\\.", -1)[2] + "..")
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(modules).containsAll(ARROWS.keySet());
  }

  @Test
  void modulesKnowOnlyThoseThatTheirArrowsPointTo() {
    ARROWS.forEach((module, allowed) -> {
      String[] forbidden =
          ARROWS.keySet().stream()
              .filter(other -> !other.equals(module) && !allowed.contains(other))
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(module)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(forbidden)
          .check(CLASSES);
    });
  }

  @Test
  void quarkusStaysInTheControlPlane() {
    onlyIn("io.quarkus..", CONTROL_PLANE);
  }

  @Test
  void eachRegistrysClientStaysInItsAdapter() {
    onlyIn("io.fabric8..", "dev.hawser.controlplane.kubernetes..");
    onlyIn("org.kiwiproject.consul..", "dev.hawser.controlplane.consul..");
  }

  @Test
  void nettyAndVertxStayInTheDataPlaneAndTheTransport() {
    onlyIn(
        "io.netty..",
        ENGINE,
        HOST,
        PROXY,
        GATEWAY,
        AGENT,
        TESTING,
        "dev.hawser.controlplane.transport..");
    onlyIn(
        "io.vertx..", ENGINE, HOST, PROXY, GATEWAY, AGENT, "dev.hawser.controlplane.transport..");
  }

  @Test
  void xdsMessagesStopAtTheEdge() {
    onlyIn(
        "io.envoyproxy..",
        "dev.hawser.controlplane.xds..",
        ENGINE,
        HOST,
        "dev.hawser.proxy.codec..",
        "dev.hawser.proxy.boot..",
        // These two speak to services of others, whose protocols are defined beside xDS.
        "dev.hawser.proxy.authz..",
        "dev.hawser.proxy.limit..",
        "dev.hawser.gateway..");
  }

  @Test
  void packagesOfOneModuleFormNoCycle() {
    ARROWS.keySet().stream()
        .map(module -> module.replace("..", ".(*).."))
        .forEach(slices ->
            SlicesRuleDefinition.slices()
                .matching(slices)
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES));
  }

  @Test
  void noPackageIsADrawer() {
    ArchRule rule =
        classes()
            .should()
            .resideOutsideOfPackages(
                "..common..", "..util..", "..utils..", "..misc..", "..helper..", "..helpers..");
    rule.check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    Path home = Path.of(System.getProperty("hawser.home", "..")).toRealPath();
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> unmarked =
          files
              .filter(
                  file -> file.toString().endsWith(".java") && file.toString().contains("/src/"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !isMarked(folder))
              .toList();

      assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
    }
  }

  private static boolean isMarked(Path folder) {
    Path info = folder.resolve("package-info.java");
    Path main =
        Path.of(folder.toString().replace("/src/test/java/", "/src/main/java/"))
            .resolve("package-info.java");
    try {
      // A package whose main half is marked is one package with its tests.
      return (Files.exists(info) && Files.readString(info).contains("@NullMarked"))
          || (Files.exists(main) && Files.readString(main).contains("@NullMarked"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void onlyIn(String library, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .and()
        .resideInAPackage("dev.hawser..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }
}
