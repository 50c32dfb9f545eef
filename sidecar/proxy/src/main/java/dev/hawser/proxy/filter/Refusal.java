package dev.hawser.proxy.filter;

import dev.hawser.proxy.reply.LocalReply;

/**
 * Why a request that is under way may not go on.
 *
 * @param details for the access log ({@code response_code_details})
 * @param reply if there is still time to answer
 */
public record Refusal(String details, LocalReply reply) {}
