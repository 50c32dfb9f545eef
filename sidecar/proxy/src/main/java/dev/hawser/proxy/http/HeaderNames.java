package dev.hawser.proxy.http;

import io.netty.util.AsciiString;

/** Names of fields, in lower case as HTTP/2 sends them. */
public final class HeaderNames {
  public static final AsciiString CONNECTION = AsciiString.cached("connection");
  public static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  public static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  public static final AsciiString COOKIE = AsciiString.cached("cookie");
  public static final AsciiString DATE = AsciiString.cached("date");
  public static final AsciiString EXPECT = AsciiString.cached("expect");
  public static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
  public static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  public static final AsciiString HOST = AsciiString.cached("host");
  public static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
  public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  public static final AsciiString LOCATION = AsciiString.cached("location");
  public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  public static final AsciiString SEC_WEBSOCKET_ACCEPT = AsciiString.cached("sec-websocket-accept");
  public static final AsciiString SEC_WEBSOCKET_KEY = AsciiString.cached("sec-websocket-key");
  public static final AsciiString SET_COOKIE = AsciiString.cached("set-cookie");
  public static final AsciiString SERVER = AsciiString.cached("server");
  public static final AsciiString TE = AsciiString.cached("te");
  public static final AsciiString TRAILERS = AsciiString.cached("trailers");
  public static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
  public static final AsciiString UPGRADE = AsciiString.cached("upgrade");
  public static final AsciiString X_FORWARDED_CLIENT_CERT =
      AsciiString.cached("x-forwarded-client-cert");
  public static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");

  private HeaderNames() {}
}
