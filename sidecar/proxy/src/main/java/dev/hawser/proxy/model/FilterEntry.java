package dev.hawser.proxy.model;

/**
 * A filter at its place in a chain.
 *
 * @param name by which routes refer to it
 * @param disabled whether it works only where a route enables it
 */
public record FilterEntry(String name, boolean disabled, FilterConfig config) {}
