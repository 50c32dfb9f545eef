package dev.hawser.engine.admin;

import java.util.List;
import java.util.Map;

/**
 * What was asked.
 *
 * @param path without query
 * @param query decoded parameters
 */
public record AdminRequest(String path, Map<String, List<String>> query) {}
