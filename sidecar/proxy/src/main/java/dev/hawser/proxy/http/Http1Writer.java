package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.netty.util.CharsetUtil;
import java.util.Map;

/**
 * Writes HTTP/1.1. What goes out is built anew from the translated head; no byte of the caller's
 * own head is ever copied through.
 */
final class Http1Writer {
  static final AsciiString HTTP = AsciiString.cached("http");

  private static final AsciiString CRLF = AsciiString.cached("\r\n");
  private static final AsciiString COLON = AsciiString.cached(": ");
  private static final AsciiString SEMICOLON = AsciiString.cached("; ");
  private static final AsciiString REQUEST_VERSION = AsciiString.cached(" HTTP/1.1\r\nhost: ");
  private static final AsciiString RESPONSE_VERSION = AsciiString.cached("HTTP/1.1 ");
  private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
  private static final AsciiString CLOSE = AsciiString.cached("connection: close\r\n");
  private static final AsciiString UPGRADE = AsciiString.cached("connection: upgrade\r\nupgrade: ");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("connection: keep-alive\r\n");
  private static final AsciiString NO_CONTENT = AsciiString.cached("content-length: 0\r\n");
  private static final AsciiString LAST_CHUNK = AsciiString.cached("0\r\n");
  private static final int HEAD_SIZE = 512;

  private Http1Writer() {}

  /** How the body that follows is delimited. */
  enum BodyForm {
    /** There is none, and the head says so. */
    EMPTY,
    /** There is none although the head may give a length (HEAD, 304). */
    ABSENT,
    /** The head already has its length. */
    FIXED,
    CHUNKED,
    UNTIL_CLOSE,
    /** The request asks to go on with another protocol. */
    TUNNEL
  }

  static ByteBuf request(ByteBufAllocator allocator, Http2Headers headers, BodyForm form) {
    ByteBuf out = allocator.buffer(HEAD_SIZE);
    CharSequence authority = headers.authority();
    write(out, headers.method());
    out.writeByte(' ');
    write(out, headers.path());
    write(out, REQUEST_VERSION);
    write(out, authority == null ? AsciiString.EMPTY_STRING : authority);
    write(out, CRLF);
    writeFields(out, headers);
    boolean lengthExpected =
        form == BodyForm.EMPTY
            && !headers.contains(HeaderNames.CONTENT_LENGTH)
            && expectsBody(headers.method());
    if (form == BodyForm.CHUNKED) {
      write(out, CHUNKED);
    } else if (form == BodyForm.TUNNEL) {
      writeUpgrade(out, String.valueOf(headers.get(HeaderRules.PROTOCOL)));
    } else if (lengthExpected) {
      write(out, NO_CONTENT);
    }
    return write(out, CRLF);
  }

  /** Of other methods a server expects one, and of those that it does not know it may. */
  private static boolean expectsBody(CharSequence method) {
    return !AsciiString.contentEquals(method, "GET")
        && !AsciiString.contentEquals(method, "HEAD")
        && !AsciiString.contentEquals(method, "DELETE")
        && !AsciiString.contentEquals(method, "TRACE")
        && !AsciiString.contentEquals(method, "CONNECT");
  }

  /**
   * Writes a response's head.
   *
   * @param close whether the connection ends after it
   * @param sayKeepAlive whether an HTTP/1.0 client must be told that it stays open
   */
  static ByteBuf response(
      ByteBufAllocator allocator,
      Http2Headers headers,
      BodyForm form,
      boolean close,
      boolean sayKeepAlive) {
    ByteBuf out = allocator.buffer(HEAD_SIZE);
    writeStatus(out, headers);
    writeFields(out, headers);
    if (form == BodyForm.CHUNKED) {
      write(out, CHUNKED);
    } else if (form == BodyForm.EMPTY && !headers.contains(HeaderNames.CONTENT_LENGTH)) {
      write(out, NO_CONTENT);
    }
    if (close) {
      write(out, CLOSE);
    } else if (sayKeepAlive) {
      write(out, KEEP_ALIVE);
    }
    return write(out, CRLF);
  }

  /** Writes the head with which a connection goes on with another protocol. */
  static ByteBuf switching(ByteBufAllocator allocator, Http2Headers headers, CharSequence to) {
    ByteBuf out = allocator.buffer(HEAD_SIZE);
    writeStatus(out, headers);
    writeFields(out, headers);
    writeUpgrade(out, to);
    return write(out, CRLF);
  }

  /** Writes the head after which a connection carries the bytes of another (CONNECT). */
  static ByteBuf connected(ByteBufAllocator allocator, Http2Headers headers) {
    return informational(allocator, headers);
  }

  private static void writeUpgrade(ByteBuf out, CharSequence to) {
    write(out, UPGRADE);
    write(out, to);
    write(out, CRLF);
  }

  static ByteBuf informational(ByteBufAllocator allocator, Http2Headers headers) {
    ByteBuf out = allocator.buffer(64);
    writeStatus(out, headers);
    writeFields(out, headers);
    return write(out, CRLF);
  }

  static ByteBuf chunkHead(ByteBufAllocator allocator, int size) {
    ByteBuf out = allocator.buffer(16);
    out.writeCharSequence(Integer.toHexString(size), CharsetUtil.US_ASCII);
    return write(out, CRLF);
  }

  static ByteBuf chunkEnd(ByteBufAllocator allocator) {
    return write(allocator.buffer(2), CRLF);
  }

  static ByteBuf lastChunk(ByteBufAllocator allocator, Http2Headers trailers) {
    ByteBuf out = allocator.buffer(trailers.isEmpty() ? 8 : 256);
    write(out, LAST_CHUNK);
    writeFields(out, trailers);
    return write(out, CRLF);
  }

  private static void writeStatus(ByteBuf out, Http2Headers headers) {
    CharSequence status = headers.status();
    write(out, RESPONSE_VERSION);
    write(out, status);
    out.writeByte(' ');
    HttpResponseStatus known = HttpResponseStatus.valueOf(Integer.parseInt(status.toString()));
    write(out, known.reasonPhrase());
    write(out, CRLF);
  }

  private static void writeFields(ByteBuf out, Http2Headers headers) {
    boolean cookies = false;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      CharSequence name = field.getKey();
      if (name.length() == 0 || name.charAt(0) == ':') {
        continue;
      }
      if (name.length() == 6 && HeaderNames.COOKIE.contentEquals(name)) {
        cookies = true;
        continue;
      }
      if (name.length() == 2 && HeaderNames.TE.contentEquals(name)) {
        continue; // about one hop, and trailers need no permission in HTTP/1.1
      }
      write(out, name);
      write(out, COLON);
      write(out, field.getValue());
      write(out, CRLF);
    }
    if (cookies) {
      writeCookies(out, headers);
    }
  }

  /** HTTP/2 may split cookies over fields, HTTP/1.1 has one (RFC 9113 section 8.2.3). */
  private static void writeCookies(ByteBuf out, Http2Headers headers) {
    write(out, HeaderNames.COOKIE);
    write(out, COLON);
    boolean first = true;
    for (CharSequence cookie : headers.getAll(HeaderNames.COOKIE)) {
      if (!first) {
        write(out, SEMICOLON);
      }
      first = false;
      write(out, cookie);
    }
    write(out, CRLF);
  }

  private static ByteBuf write(ByteBuf out, CharSequence text) {
    if (text instanceof AsciiString ascii) {
      ByteBufUtil.copy(ascii, out);
    } else {
      out.writeCharSequence(text, CharsetUtil.ISO_8859_1);
    }
    return out;
  }
}
