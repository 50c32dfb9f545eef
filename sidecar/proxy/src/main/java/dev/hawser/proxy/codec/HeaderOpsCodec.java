package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderOps;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads changes of heads. */
final class HeaderOpsCodec {
  /** What frames a message or belongs to one hop is not for a route to change. */
  private static final Set<String> UNTOUCHABLE =
      Set.of(
          "host",
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "content-length",
          "upgrade",
          "te",
          "trailer",
          "x-forwarded-client-cert");

  private static final int MAX_OPS = 1000;

  private HeaderOpsCodec() {}

  /** What one level of the configuration says. */
  static HeaderOps ops(
      String path,
      List<HeaderValueOption> requestAdds,
      List<String> requestRemoves,
      List<HeaderValueOption> responseAdds,
      List<String> responseRemoves)
      throws ResourceRejectedException {
    if (requestAdds.isEmpty()
        && requestRemoves.isEmpty()
        && responseAdds.isEmpty()
        && responseRemoves.isEmpty()) {
      return HeaderOps.NONE;
    }
    String at = path.isEmpty() ? "" : path + ".";
    return HeaderOps.level(
        ops(at + "request_headers_to", requestAdds, requestRemoves),
        ops(at + "response_headers_to", responseAdds, responseRemoves));
  }

  private static List<HeaderOp> ops(String path, List<HeaderValueOption> adds, List<String> removes)
      throws ResourceRejectedException {
    if (adds.size() + removes.size() > MAX_OPS) {
      throw Fields.rejected(
          path + "_add", adds.size() + " changes (expected: at most " + MAX_OPS + ")");
    }
    List<HeaderOp> ops = new ArrayList<>();
    for (int i = 0; i < removes.size(); i++) {
      ops.add(new HeaderOp.Remove(name(path + "_remove[" + i + "]", removes.get(i))));
    }
    for (int i = 0; i < adds.size(); i++) {
      ops.add(put(path + "_add[" + i + "]", adds.get(i)));
    }
    return ops;
  }

  @SuppressWarnings("deprecation")
  static HeaderOp.Put put(String path, HeaderValueOption option) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, option, "header", "append", "append_action", "keep_empty_value");
    SupportedFields.requireOnly(path + ".header", option.getHeader(), "key", "value");
    HeaderOp.How how =
        switch (option.getAppendAction()) {
          case APPEND_IF_EXISTS_OR_ADD -> HeaderOp.How.APPEND_IF_EXISTS_OR_ADD;
          case ADD_IF_ABSENT -> HeaderOp.How.ADD_IF_ABSENT;
          case OVERWRITE_IF_EXISTS_OR_ADD -> HeaderOp.How.OVERWRITE_IF_EXISTS_OR_ADD;
          case OVERWRITE_IF_EXISTS -> HeaderOp.How.OVERWRITE_IF_EXISTS;
          case UNRECOGNIZED ->
              throw Fields.rejected(
                  path + ".append_action",
                  option.getAppendActionValue() + " (expected: one of the four actions)");
        };
    if (option.hasAppend()) {
      if (how != HeaderOp.How.APPEND_IF_EXISTS_OR_ADD) {
        throw Fields.rejected(path + ".append", "set (expected: append_action alone)");
      }
      how =
          option.getAppend().getValue()
              ? HeaderOp.How.APPEND_IF_EXISTS_OR_ADD
              : HeaderOp.How.OVERWRITE_IF_EXISTS_OR_ADD;
    }
    return new HeaderOp.Put(
        name(path + ".header.key", option.getHeader().getKey()),
        HeaderTextCodec.read(path + ".header.value", option.getHeader().getValue()),
        how,
        option.getKeepEmptyValue());
  }

  static String name(String path, String key) throws ResourceRejectedException {
    String name = key.toLowerCase(Locale.ROOT);
    boolean token =
        !name.isEmpty()
            && name.chars()
                .allMatch(c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= '0' && c <= '9')
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    if (!token) {
      throw Fields.rejected(path, "'" + key + "' (expected: a header's name)");
    }
    if (UNTOUCHABLE.contains(name)) {
      throw Fields.rejected(
          path, name + " (expected: none that frames messages or says who calls)");
    }
    return name;
  }
}
