package dev.hawser.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.Programs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart and the unit, by the programs that will read them. */
final class ChartIT {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  private static final Path CHART = Home.checkout().resolve("deploy/helm/hawser");

  @Test
  void theChartPassesLint() {
    assertThat(
            Shell.run(
                Programs.helm(), "lint", "--strict", "--set", "clusterName=east", CHART.toString()))
        .contains("0 chart(s) failed");
  }

  @Test
  void everythingThatTheChartRendersIsAKubernetesObject() {
    List<HasMetadata> objects = render("--set", "clusterName=east", "--include-crds");

    assertThat(objects)
        .extracting(HasMetadata::getKind)
        .contains(
            "Deployment",
            "Service",
            "ClusterRole",
            "CustomResourceDefinition",
            "PodDisruptionBudget");
    assertThat(objects)
        .extracting(object -> object.getKind() + "/" + object.getMetadata().getName())
        .doesNotHaveDuplicates();
  }

  @Test
  void noContainerRunsAsRootOrMayWriteItsImage() {
    List<Deployment> deployments =
        render("--set", "clusterName=east").stream()
            .filter(Deployment.class::isInstance)
            .map(Deployment.class::cast)
            .toList();

    assertThat(deployments).hasSize(2);
    for (Deployment deployment : deployments) {
      var security =
          deployment
              .getSpec()
              .getTemplate()
              .getSpec()
              .getContainers()
              .getFirst()
              .getSecurityContext();
      assertThat(security.getRunAsNonRoot()).isTrue();
      assertThat(security.getReadOnlyRootFilesystem()).isTrue();
      assertThat(security.getAllowPrivilegeEscalation()).isFalse();
      assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    }
  }

  @Test
  void aClusterNameThatIsNoLabelIsRefusedBeforeAnythingIsInstalled() {
    Shell.Result missing = template("--set", "meshDomain=mesh.internal");
    Shell.Result wrong = template("--set", "clusterName=East_1");

    assertThat(missing.exit()).isNotZero();
    assertThat(wrong.exit()).isNotZero();
    assertThat(wrong.output()).contains("clusterName");
  }

  @Test
  void theUnitStartsACommandThatIsShipped() throws IOException {
    List<String> unit =
        Files.readAllLines(Home.checkout().resolve("deploy/systemd/hawser-agent.service"));
    String start =
        unit.stream().filter(line -> line.startsWith("ExecStart=")).findFirst().orElseThrow();
    String command = start.replaceAll("ExecStart=.*/bin/(\\S+) .*", "$1");

    assertThat(Path.of(Home.command(command))).isExecutable();
    assertThat(unit).contains("Restart=always", "NoNewPrivileges=yes", "UMask=0077");
  }

  private static List<HasMetadata> render(String... options) {
    try (Stream<String> documents =
        Stream.of(template(options).orFail().output().split("(?m)^---\\s*$"))) {
      return documents
          .filter(document -> document.lines().anyMatch(line -> line.startsWith("kind:")))
          .map(document -> SERIALIZATION.<HasMetadata>unmarshal(document))
          .toList();
    }
  }

  private static Shell.Result template(String... options) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Programs.helm(), "template", "hawser", CHART.toString(), "-n", "hawser-system"));
    command.addAll(List.of(options));
    return Shell.run(Map.of(), command);
  }
}
