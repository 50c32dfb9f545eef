package dev.hawser.controlplane.peer;

/** Numbers what is said to one peer about exports: (epoch, sequence) only ever grows. */
final class ExportOrder {
  private long epoch;
  private long sequence;

  ExportOrder(long epoch) {
    this.epoch = epoch;
  }

  long epoch() {
    return epoch;
  }

  /** Returns the number of the last message, 0 if none was sent in this epoch. */
  long sequence() {
    return sequence;
  }

  long advance() {
    return ++sequence;
  }

  void restart(long newEpoch) {
    epoch = newEpoch;
    sequence = 0;
  }
}
