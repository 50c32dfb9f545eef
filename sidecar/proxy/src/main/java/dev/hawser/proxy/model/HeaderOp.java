package dev.hawser.proxy.model;

/** A change of a head. */
public sealed interface HeaderOp {
  /** Takes a header away. */
  record Remove(String name) implements HeaderOp {}

  /**
   * Says something.
   *
   * @param name in lower case
   * @param evenEmpty whether it is said although the value is empty
   */
  record Put(String name, HeaderText value, How how, boolean evenEmpty) implements HeaderOp {}

  /** What becomes of a header of that name that is there. */
  enum How {
    /** It stays beside the new one. */
    APPEND_IF_EXISTS_OR_ADD,
    /** It stays and nothing is said. */
    ADD_IF_ABSENT,
    /** It is replaced. */
    OVERWRITE_IF_EXISTS_OR_ADD,
    /** It is replaced; if there is none nothing is said. */
    OVERWRITE_IF_EXISTS
  }
}
