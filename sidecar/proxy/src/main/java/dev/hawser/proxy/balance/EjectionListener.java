package dev.hawser.proxy.balance;

/** Is told about ejections, on the thread that caused them. */
public interface EjectionListener {
  /** Tells nobody. */
  EjectionListener NONE =
      new EjectionListener() {
        @Override
        public void detected(EjectionCause cause) {
          // Nobody counts.
        }

        @Override
        public void enforced(EjectionCause cause) {
          // Nobody counts.
        }

        @Override
        public void overflowed() {
          // Nobody counts.
        }
      };

  /** An instance deserves to be left out. */
  void detected(EjectionCause cause);

  /** It is left out. */
  void enforced(EjectionCause cause);

  /** It is not, since too many are already. */
  void overflowed();
}
