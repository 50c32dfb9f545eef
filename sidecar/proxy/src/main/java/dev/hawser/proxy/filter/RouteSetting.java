package dev.hawser.proxy.filter;

/**
 * What a route says about a filter, ready for use: each filter that knows such a thing has a type
 * of its own. Made when configuration arrives and shared like the filter itself.
 */
public interface RouteSetting {}
