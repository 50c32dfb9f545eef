package dev.hawser.api.admin;

import java.time.Instant;

/** The answer to {@code POST /v1/tokens}: the only time that the token itself is shown. */
public record IssuedToken(String id, String token, Instant expires) {}
