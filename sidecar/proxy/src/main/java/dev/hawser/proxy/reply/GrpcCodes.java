package dev.hawser.proxy.reply;

/** What gRPC's status codes mean in HTTP (google.rpc.Code). */
public final class GrpcCodes {
  public static final int OK = 0;
  public static final int UNAVAILABLE = 14;

  private GrpcCodes() {}

  /** Returns the status of HTTP. */
  public static int http(int grpc) {
    return switch (grpc) {
      case OK -> 200;
      case 1 -> 499;
      case 3, 9, 11 -> 400;
      case 4 -> 504;
      case 5 -> 404;
      case 6, 10 -> 409;
      case 7 -> 403;
      case 8 -> 429;
      case 12 -> 501;
      case UNAVAILABLE -> 503;
      case 16 -> 401;
      default -> 500;
    };
  }
}
