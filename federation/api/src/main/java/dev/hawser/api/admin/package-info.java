/**
 * The bodies of the administration API, shared by the control plane that serves them and the
 * command line that shows them. Plain values: a newer server may add fields, a client ignores what
 * it does not know.
 */
@NullMarked
package dev.hawser.api.admin;

import org.jspecify.annotations.NullMarked;
