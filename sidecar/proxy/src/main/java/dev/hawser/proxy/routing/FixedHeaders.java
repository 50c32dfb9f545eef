package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderText;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;

/** Makes changes of heads that do not depend on the request. */
public final class FixedHeaders {
  private FixedHeaders() {}

  /** Changes a head; values that are not only text have been refused before. */
  public static void apply(List<HeaderOp> ops, Http2Headers head) {
    for (HeaderOp op : ops) {
      switch (op) {
        case HeaderOp.Remove(String name) -> head.remove(name);
        case HeaderOp.Put put -> HeaderEditor.put(put, literal(put.value()), head);
      }
    }
  }

  private static String literal(HeaderText text) {
    StringBuilder out = new StringBuilder();
    for (HeaderText.Part part : text.parts()) {
      if (part instanceof HeaderText.Part.Literal(String value)) {
        out.append(value);
      }
    }
    return out.toString();
  }
}
