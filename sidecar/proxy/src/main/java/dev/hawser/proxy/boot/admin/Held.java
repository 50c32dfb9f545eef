package dev.hawser.proxy.boot.admin;

import com.google.protobuf.Message;
import java.time.Instant;

/**
 * A resource that is in force.
 *
 * @param version by which the control plane calls it
 * @param since when it came
 */
public record Held(Message message, String version, Instant since) {}
