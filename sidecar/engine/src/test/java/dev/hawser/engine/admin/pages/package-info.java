@NullMarked
package dev.hawser.engine.admin.pages;

import org.jspecify.annotations.NullMarked;
