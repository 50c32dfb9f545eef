package dev.hawser.proxy.balance;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.model.Address;
import java.util.ArrayList;
import java.util.List;

/** Where one request has been tried, so that the next try goes elsewhere. */
public final class Attempts {
  private final List<Endpoint> tried = new ArrayList<>(2);
  private final List<Address> badAddresses = new ArrayList<>(2);
  private final List<Locality> badLocalities = new ArrayList<>(2);
  private final int priorityRounds;

  /** Makes an empty list that looks at no priorities. */
  public Attempts() {
    this(0);
  }

  /**
   * Makes an empty list.
   *
   * @param priorityRounds after so many tries, the priorities of all of them are avoided; 0 for
   *     never
   */
  public Attempts(int priorityRounds) {
    this.priorityRounds = priorityRounds;
  }

  /** The endpoint gave no answer: its address and its locality are in doubt for this request. */
  public void failed(Endpoint endpoint) {
    tried.add(endpoint);
    badAddresses.add(endpoint.config().address());
    badLocalities.add(endpoint.config().locality());
  }

  /** The endpoint answered that it cannot serve: nothing is said about its neighbours. */
  public void answeredBadly(Endpoint endpoint) {
    tried.add(endpoint);
  }

  boolean wasTried(Endpoint endpoint) {
    for (Endpoint one : tried) {
      if (one.config().key().equals(endpoint.config().key())) {
        return true;
      }
    }
    return false;
  }

  boolean isElsewhere(Endpoint endpoint) {
    return !badAddresses.contains(endpoint.config().address());
  }

  boolean isFar(Endpoint endpoint) {
    return isElsewhere(endpoint) && !badLocalities.contains(endpoint.config().locality());
  }

  boolean avoidsPriorities() {
    return priorityRounds > 0 && tried.size() >= priorityRounds;
  }

  /** Whether the endpoint's priority was not among those of the whole rounds so far. */
  boolean isFreshPriority(Endpoint endpoint) {
    int counted = tried.size() / priorityRounds * priorityRounds;
    for (int i = 0; i < counted; i++) {
      if (tried.get(i).priority() == endpoint.priority()) {
        return false;
      }
    }
    return true;
  }

  /** Returns how many endpoints were tried. */
  public int size() {
    return tried.size();
  }
}
