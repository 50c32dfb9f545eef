package dev.hawser.it.differential;

import java.util.Random;

/**
 * One request of one configuration.
 *
 * @param number from 0; with the seed, it makes the request
 */
record Case(int number, Configuration configuration, Request request) {
  static Case of(long seed, int number, Configuration configuration) {
    Request request = configuration.requests().apply(new Random(31 * seed + number));
    return new Case(number, configuration, request.with(Request.CASE, Integer.toString(number)));
  }
}
