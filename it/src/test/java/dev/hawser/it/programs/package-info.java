/**
 * The real programs that the stories run against: etcd, a Kubernetes API server with its
 * controllers, Consul, Envoy.
 *
 * <p>Starting points: {@link dev.hawser.it.programs.KubernetesCluster}, {@link
 * dev.hawser.it.programs.ConsulServer}.
 */
@NullMarked
package dev.hawser.it.programs;

import org.jspecify.annotations.NullMarked;
