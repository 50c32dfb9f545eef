package dev.hawser.controlplane.vm;

import java.io.IOException;
import java.util.Optional;

/** Where grants and last known leases survive a restart; one value, replaced as a whole. */
public interface VmLeaseStore {
  /** Returns what was saved last, empty if nothing ever was. */
  Optional<byte[]> load() throws IOException;

  /** Replaces what was saved; durable when it returns. */
  void save(byte[] value) throws IOException;
}
