package dev.hawser.engine.xds;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.Metadata;

/**
 * Takes the resources of one type. Every method is called on the one xDS thread, in the order in
 * which the control plane sent them; what was last good on disk comes first, through the same
 * methods.
 *
 * @param <M> the type of message
 */
public interface ResourceApplier<M extends Message> {
  /** Returns the default instance of the message, which says what type this is. */
  M prototype();

  /**
   * Takes a new or changed resource.
   *
   * @throws ResourceRejectedException if it cannot be obeyed; the one before stays in force
   */
  void onChanged(String name, M resource, String version) throws ResourceRejectedException;

  /**
   * Takes what was said beside a resource that is in force now (metadata of {@code
   * envoy.service.discovery.v3.Resource}); not called where nothing was. It is not kept on disk.
   */
  default void onMetadata(String name, Metadata metadata) {}

  /** A resource ended, or one that was subscribed does not exist. */
  void onRemoved(String name);

  /** The resources of one response, or of the disk, are through: the time to swap a table. */
  default void onBatchEnd() {}
}
