package dev.hawser.proxy.fault;

/** What gRPC's status codes mean in HTTP (google.rpc.Code). */
public final class GrpcCodes {
  private GrpcCodes() {}

  /** Returns the status of HTTP. */
  public static int http(int grpc) {
    return switch (grpc) {
      case 0 -> 200;
      case 1 -> 499;
      case 3, 9, 11 -> 400;
      case 4 -> 504;
      case 5 -> 404;
      case 6, 10 -> 409;
      case 7 -> 403;
      case 8 -> 429;
      case 12 -> 501;
      case 14 -> 503;
      case 16 -> 401;
      default -> 500;
    };
  }
}
