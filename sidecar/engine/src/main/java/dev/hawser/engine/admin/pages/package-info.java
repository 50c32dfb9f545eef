/** Pages of administration that every proxy has, by Envoy's names in Envoy's shapes. */
@NullMarked
package dev.hawser.engine.admin.pages;

import org.jspecify.annotations.NullMarked;
