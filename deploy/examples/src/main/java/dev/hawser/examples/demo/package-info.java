/**
 * The demo: two clusters and a VM, each part a process of its own on loopback, and the three jobs
 * done with the commands that the README gives.
 *
 * <p>Starting points: {@link dev.hawser.examples.demo.Demo}.
 */
@NullMarked
package dev.hawser.examples.demo;

import org.jspecify.annotations.NullMarked;
