package dev.hawser.proxy.balance;

/** Finds the endpoint that requests with the same hash go to. Immutable. */
sealed interface HashTable permits Ring, MaglevTable {
  /** Returns the endpoint's index in the list that the table was made of. */
  int find(long hash);
}
