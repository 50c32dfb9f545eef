package dev.hawser.trust.token;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of tokens survive. Every method is called from any thread, may block, and lets
 * failures of the store out as unchecked exceptions: then nothing was redeemed.
 */
public interface TokenStore {
  /** Returns the record with this id. */
  Optional<TokenRecord> find(String id);

  /** Returns every record, in any order. */
  List<TokenRecord> list();

  /**
   * Replaces a record if it is still the expected one: atomic among all replicas that share the
   * store, and durable before it returns. That two redeemers do not both win depends on this alone.
   *
   * @param id of the record
   * @param expected what is there now; null: nothing
   * @param next what shall be there; null: nothing
   * @return false, and nothing changed, if something else was there
   */
  boolean compareAndUpdate(String id, @Nullable TokenRecord expected, @Nullable TokenRecord next);
}
