package dev.hawser.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.hawser.host.capture.Cidr;
import dev.hawser.host.capture.PortRange;
import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/** {@code capture.json} in the agent's data directory; 0600. */
final class CaptureFile {
  private static final int MAX_OCTETS = 1 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(texts())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path directory;
  private final Path file;

  CaptureFile(Path directory) {
    this.directory = directory;
    this.file = directory.resolve("capture.json");
  }

  boolean exists() {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns what is kept.
   *
   * @throws IOException if it cannot be used; the message names the file and what is wrong
   */
  CaptureState read() throws IOException {
    if (!exists()) {
      return CaptureState.EMPTY;
    }
    requireOwn();
    try {
      return JSON.readValue(PrivateFiles.read(file, MAX_OCTETS), CaptureState.class);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  void write(CaptureState state) throws IOException {
    PrivateFiles.write(file, JSON.writeValueAsBytes(state));
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Only one command at a time changes kernel and file; others wait for it. */
  FileChannel lock() throws IOException {
    PrivateFiles.createDirectory(directory);
    FileChannel lock =
        FileChannel.open(
            directory.resolve("capture.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            // The agent's user could make it a link, and root would make a file where it leads.
            LinkOption.NOFOLLOW_LINKS);
    try {
      var _ = lock.lock();
      return lock;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * The directory belongs to the agent's user, the packet filter to root: the agent must not be
   * able to have a plan of its own applied at the next start.
   */
  private void requireOwn() throws IOException {
    Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is a link (expected: a file)");
    }
    if (!owner.equals(self)) {
      throw new IOException(
          file
              + " belongs to user "
              + owner
              + " (expected: "
              + self
              + ", who runs this; remove it if nobody should have written it)");
    }
  }

  private static SimpleModule texts() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(PortRange.class, new Text<>());
    module.addDeserializer(PortRange.class, new Parsed<>(PortRange::parse));
    module.addSerializer(Cidr.class, new Text<>());
    module.addDeserializer(Cidr.class, new Parsed<>(Cidr::parse));
    return module;
  }

  private static final class Text<T> extends JsonSerializer<T> {
    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }

  private static final class Parsed<T> extends JsonDeserializer<T> {
    private final Function<String, T> parse;

    Parsed(Function<String, T> parse) {
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      try {
        return parse.apply(json.getText());
      } catch (IllegalArgumentException e) {
        throw context.weirdStringException(
            json.getText(), Object.class, String.valueOf(e.getMessage()));
      }
    }
  }
}
