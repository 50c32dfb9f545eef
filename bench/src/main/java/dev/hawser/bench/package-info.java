/**
 * What the data plane costs, measured beside Envoy and HAProxy in one run. {@link
 * dev.hawser.bench.BenchMain} is where it starts; {@code cases.Catalog} lists what is measured,
 * {@code rig} brings the subjects up, {@code load} puts them under load, {@code measure} reads what
 * they cost, {@code stats} and {@code report} make figures of it. {@code docs/performance.md} says
 * how to read them.
 */
@NullMarked
package dev.hawser.bench;

import org.jspecify.annotations.NullMarked;
