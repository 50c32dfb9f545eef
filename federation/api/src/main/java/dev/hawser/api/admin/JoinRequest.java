package dev.hawser.api.admin;

/**
 * {@code POST /v1/federation/join}.
 *
 * @param plan answers what would happen and changes nothing; the token stays unused
 */
public record JoinRequest(String token, boolean plan) {}
