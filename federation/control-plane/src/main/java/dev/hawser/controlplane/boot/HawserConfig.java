package dev.hawser.controlplane.boot;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The configuration as it is written: properties {@code hawser.*}, or variables {@code HAWSER_*}.
 */
@ConfigMapping(prefix = "hawser")
public interface HawserConfig {
  Cluster cluster();

  /** Where state, the administrator's credential and its address are kept. */
  Path dataDir();

  Listen listen();

  Advertise advertise();

  Consul consul();

  Registry registry();

  State state();

  /** Who this is. */
  interface Cluster {
    /** One DNS label; fixed for the cluster's life. */
    String name();

    /** Shared by the whole federation; fixed for the cluster's life. */
    @WithDefault("mesh.internal")
    String meshDomain();

    /** What can route to its endpoints directly; the cluster's name if it is left out. */
    Optional<String> network();

    /** {@code region[/zone[/subzone]]}; the cluster's name if it is left out. */
    Optional<String> locality();
  }

  /** Where this process listens, besides {@code quarkus.http} for administration. */
  interface Listen {
    /** host:port for proxies, gateways, agents and peers. */
    @WithDefault("127.0.0.1:15012")
    String proxies();
  }

  /** How others reach what listens here. */
  interface Advertise {
    /** host:port of the proxy port; what is listened on if it is left out. */
    Optional<List<String>> controlPlane();
  }

  /** How Consul's names are read. */
  interface Consul {
    /** Of services whose meta says none, and of {@code X.service.consul}. */
    @WithDefault("default")
    String namespace();
  }

  /** Where services come from. */
  interface Registry {
    File file();

    ConsulAgent consul();

    Kubernetes kubernetes();

    /** A folder of YAML. */
    interface File {
      Optional<Path> directory();
    }

    /** A Consul datacenter. */
    interface ConsulAgent {
      Optional<String> address();

      Optional<Path> tokenFile();

      @WithDefault("dc1")
      String datacenter();
    }

    /** A Kubernetes cluster. */
    interface Kubernetes {
      @WithDefault("false")
      boolean enabled();

      /** Left out: the service account of the pod that this runs in. */
      Optional<Path> kubeconfig();
    }
  }

  /** What survives. */
  interface State {
    /** {@code file} or {@code kubernetes}. */
    @WithDefault("file")
    String kind();

    /** Of the objects that hold state in Kubernetes. */
    @WithDefault("hawser-system")
    String namespace();
  }
}
