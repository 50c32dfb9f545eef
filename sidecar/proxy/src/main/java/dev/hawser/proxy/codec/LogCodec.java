package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.LogRule;
import dev.hawser.proxy.model.LogRule.Format;
import dev.hawser.proxy.model.LogRule.Sink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads access logs. */
final class LogCodec {
  /** A file that is opened stays open, so there is an end to them. */
  private static final int MAX_LOGS = 8;

  /** A control plane names no files of the host but those in the proxy's own folder. */
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private LogCodec() {}

  static List<LogRule> logs(String path, List<AccessLog> logs) throws ResourceRejectedException {
    if (logs.size() > MAX_LOGS) {
      throw Fields.rejected(path, logs.size() + " (expected: at most " + MAX_LOGS + ")");
    }
    List<LogRule> rules = new ArrayList<>();
    for (AccessLog log : logs) {
      rules.add(log(path + "[" + rules.size() + "]", log));
    }
    return rules;
  }

  private static LogRule log(String path, AccessLog log) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, log, "name", "filter", "typed_config");
    String at = path + ".typed_config";
    Any typed = log.getTypedConfig();
    if (typed.is(FileAccessLog.class)) {
      return file(path, log, Fields.unpack(at, typed, FileAccessLog.getDefaultInstance()));
    }
    if (typed.is(StdoutAccessLog.class)) {
      StdoutAccessLog out = Fields.unpack(at, typed, StdoutAccessLog.getDefaultInstance());
      return rule(path, log, new Sink.Stdout(), format(at, out.hasLogFormat(), out.getLogFormat()));
    }
    if (typed.is(StderrAccessLog.class)) {
      StderrAccessLog err = Fields.unpack(at, typed, StderrAccessLog.getDefaultInstance());
      return rule(path, log, new Sink.Stderr(), format(at, err.hasLogFormat(), err.getLogFormat()));
    }
    throw Fields.rejected(
        at,
        "type " + typed.getTypeUrl() + " (expected: FileAccessLog, Stdout- or StderrAccessLog)");
  }

  private static LogRule rule(String path, AccessLog log, Sink sink, Format format)
      throws ResourceRejectedException {
    return new LogRule(
        sink,
        format,
        log.hasFilter()
            ? Optional.of(LogFilterCodec.filter(path + ".filter", log.getFilter()))
            : Optional.empty());
  }

  /** Reads a log to a file; what is deprecated is what control planes still send. */
  @SuppressWarnings("deprecation")
  private static LogRule file(String path, AccessLog log, FileAccessLog file)
      throws ResourceRejectedException {
    String at = path + ".typed_config";
    Format format =
        switch (file.getAccessLogFormatCase()) {
          case FORMAT -> LogFormatCodec.text(at + ".format", file.getFormat(), false);
          case JSON_FORMAT -> LogFormatCodec.json(at + ".json_format", file.getJsonFormat(), false);
          case TYPED_JSON_FORMAT ->
              LogFormatCodec.json(at + ".typed_json_format", file.getTypedJsonFormat(), false);
          case LOG_FORMAT -> format(at, true, file.getLogFormat());
          case ACCESSLOGFORMAT_NOT_SET -> LogFormatCodec.usual();
        };
    return rule(path, log, sink(at + ".path", file.getPath()), format);
  }

  private static Sink sink(String path, String name) throws ResourceRejectedException {
    if (name.equals("/dev/stdout")) {
      return new Sink.Stdout();
    }
    if (name.equals("/dev/stderr")) {
      return new Sink.Stderr();
    }
    if (!FILE.matcher(name).matches()) {
      throw Fields.rejected(
          path,
          name
              + " (expected: /dev/stdout, /dev/stderr, or a name of up to 64 letters, digits and"
              + " ._- for a file in the folder logs of the proxy's data)");
    }
    return new Sink.File(name);
  }

  @SuppressWarnings("deprecation")
  private static Format format(String parent, boolean set, SubstitutionFormatString format)
      throws ResourceRejectedException {
    if (!set) {
      return LogFormatCodec.usual();
    }
    String path = parent + ".log_format";
    SupportedFields.requireOnly(
        path,
        format,
        "text_format",
        "json_format",
        "text_format_source",
        "omit_empty_values",
        "json_format_options");
    boolean omit = format.getOmitEmptyValues();
    return switch (format.getFormatCase()) {
      case TEXT_FORMAT -> LogFormatCodec.text(path + ".text_format", format.getTextFormat(), omit);
      case JSON_FORMAT -> LogFormatCodec.json(path + ".json_format", format.getJsonFormat(), omit);
      case TEXT_FORMAT_SOURCE -> {
        String at = path + ".text_format_source";
        SupportedFields.requireOnly(at, format.getTextFormatSource(), "inline_string");
        yield LogFormatCodec.text(
            at + ".inline_string", format.getTextFormatSource().getInlineString(), omit);
      }
      case FORMAT_NOT_SET ->
          throw Fields.rejected(
              path, "no format (expected: text_format, text_format_source or json_format)");
    };
  }
}
