package dev.hawser.api.admin;

/**
 * The body of every error (RFC 9457, with our members).
 *
 * @param code stable, for scripts, e.g. {@code token-used}
 * @param detail names the value and what was expected
 * @param hint what to do next
 */
public record Problem(int status, String code, String detail, String hint) {}
