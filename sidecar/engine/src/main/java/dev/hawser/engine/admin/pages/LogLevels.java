package dev.hawser.engine.admin.pages;

import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /logging}: shows the levels, and a POST changes them: {@code ?level=debug} for all, {@code
 * ?paths=a:debug,b:warn} or {@code ?<logger>=debug} for some, where a name also means all below it.
 * A level lasts until the process ends.
 *
 * <p>The simple backend of slf4j has no interface for this; its levels are set where it keeps them.
 * Under another backend the answer says so.
 */
public final class LogLevels {
  private static final Map<String, Integer> LEVELS = levels();

  private LogLevels() {}

  private static Map<String, Integer> levels() {
    Map<String, Integer> levels = new LinkedHashMap<>();
    levels.put("trace", 0);
    levels.put("debug", 10);
    levels.put("info", 20);
    levels.put("warning", 30);
    levels.put("warn", 30);
    levels.put("error", 40);
    levels.put("critical", 40);
    levels.put("off", 50);
    return levels;
  }

  /** Returns the levels of the loggers that have been used. */
  public static AdminResponse show() {
    try {
      StringBuilder out = new StringBuilder("active loggers:\n");
      for (Map.Entry<String, Logger> logger : loggers().entrySet()) {
        out.append("  ").append(logger.getKey()).append(": ");
        out.append(word(level(logger.getValue()).getInt(logger.getValue()))).append('\n');
      }
      return AdminResponse.text(200, out.toString());
    } catch (ReflectiveOperationException e) {
      return foreign(e);
    }
  }

  /** Changes what the query says, all of it or nothing. */
  public static AdminResponse change(AdminRequest request) {
    Map<String, String> wishes = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      String value = parameter.getValue().getFirst();
      switch (parameter.getKey()) {
        case "level" -> wishes.put("", value);
        case "paths" -> {
          for (String path : value.split(",", -1)) {
            int colon = path.lastIndexOf(':');
            wishes.put(path.substring(0, Math.max(colon, 0)), path.substring(colon + 1));
          }
        }
        default -> wishes.put(parameter.getKey(), value);
      }
    }
    for (String level : wishes.values()) {
      if (!LEVELS.containsKey(level)) {
        return AdminResponse.text(400, "level: (expected: one of " + LEVELS.keySet() + ")\n");
      }
    }
    try {
      Map<String, Logger> known = loggers();
      for (String name : wishes.keySet()) {
        if (known.keySet().stream().noneMatch(logger -> isMeant(logger, name))) {
          return AdminResponse.text(404, "logger: no such logger (see GET /logging)\n");
        }
      }
      for (Map.Entry<String, String> wish : wishes.entrySet()) {
        set(known, wish.getKey(), LEVELS.getOrDefault(wish.getValue(), 0));
      }
    } catch (ReflectiveOperationException e) {
      return foreign(e);
    }
    return show();
  }

  private static boolean isMeant(String logger, String name) {
    return name.isEmpty() || logger.equals(name) || logger.startsWith(name + ".");
  }

  private static void set(Map<String, Logger> known, String name, int to)
      throws ReflectiveOperationException {
    for (Map.Entry<String, Logger> logger : known.entrySet()) {
      if (isMeant(logger.getKey(), name)) {
        level(logger.getValue()).setInt(logger.getValue(), to);
      }
    }
  }

  private static String word(int level) {
    for (Map.Entry<String, Integer> known : LEVELS.entrySet()) {
      if (known.getValue() == level) {
        return known.getKey();
      }
    }
    return String.valueOf(level);
  }

  private static Field level(Logger logger) throws ReflectiveOperationException {
    Field level = logger.getClass().getDeclaredField("currentLogLevel");
    level.setAccessible(true);
    return level;
  }

  private static Map<String, Logger> loggers() throws ReflectiveOperationException {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    Field field = factory.getClass().getDeclaredField("loggerMap");
    field.setAccessible(true);
    Map<String, Logger> sorted = new TreeMap<>();
    if (field.get(factory) instanceof Map<?, ?> map) {
      map.forEach((name, logger) -> {
        if (name instanceof String text && logger instanceof Logger known) {
          sorted.put(text, known);
        }
      });
    }
    return sorted;
  }

  private static AdminResponse foreign(ReflectiveOperationException e) {
    return AdminResponse.text(
        501, "logging: the backend does not let its levels be changed (" + e.getMessage() + ")\n");
  }
}
