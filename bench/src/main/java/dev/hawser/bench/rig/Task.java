package dev.hawser.bench.rig;

/**
 * What a subject is set up to do.
 *
 * @param shape what connects to what
 * @param app what the application speaks
 * @param known how many services the caller's configuration names; the first is the one that is
 *     called where nothing else is said
 * @param workers of each proxy, each on a core: one where nothing else is said
 */
public record Task(Shape shape, App app, int known, int workers) {
  /** What connects to what. */
  public enum Shape {
    /** Without TLS on both sides. */
    PLAIN,
    /** Two proxies with mutual TLS between them. */
    PAIR,
    /** The same for raw bytes. */
    PAIR_RAW,
    /** A gateway that goes by the server name and does not decrypt. */
    PASSTHROUGH,
    /** The callee's proxy of a pair alone. */
    CALLEE,
    /** The caller's proxy of a pair for raw bytes alone. */
    CALLER_RAW
  }

  /** What the application speaks. */
  public enum App {
    HTTP1,
    HTTP2,
    GRPC
  }

  /** Returns a task with one service that speaks HTTP/1.1. */
  public static Task of(Shape shape) {
    return new Task(shape, App.HTTP1, 1, 1);
  }

  /** Returns the same with another application. */
  public Task with(App other) {
    return new Task(shape, other, known, workers);
  }

  /** Returns the same with so many services known. */
  public Task knowing(int services) {
    return new Task(shape, app, services, workers);
  }

  /** Returns the same with proxies of so many workers. */
  public Task on(int cores) {
    return new Task(shape, app, known, cores);
  }
}
