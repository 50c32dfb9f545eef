/** A table for people ({@code TableReport}) and a file for machines ({@code JsonReport}). */
@NullMarked
package dev.hawser.bench.report;

import org.jspecify.annotations.NullMarked;
