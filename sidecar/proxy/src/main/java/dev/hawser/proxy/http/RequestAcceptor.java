package dev.hawser.proxy.http;

/** Takes the requests of one connection. Called on its event loop. */
public interface RequestAcceptor {
  /** Returns what the listener says about messages at this moment. */
  HttpEdge edge();

  /**
   * Takes a request; its head is the first that the listener gets.
   *
   * @param stream to answer on
   * @param protocol {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}
   */
  StreamListener accept(HttpStream stream, String protocol);

  /**
   * Is told that the connection itself answered, because what came was not a request.
   *
   * @param status it was answered with
   * @param reason a sentence fragment
   */
  void onBadRequest(int status, String reason, String protocol);
}
