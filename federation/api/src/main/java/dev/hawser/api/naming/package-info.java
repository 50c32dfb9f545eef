/**
 * The names of the mesh: services, clusters, and the server names (SNI) that carry a connection to
 * them.
 *
 * <p>Starting points: {@link dev.hawser.api.naming.ServiceName}, {@link
 * dev.hawser.api.naming.SniName}, {@link dev.hawser.api.naming.MeshHost}.
 */
@NullMarked
package dev.hawser.api.naming;

import org.jspecify.annotations.NullMarked;
