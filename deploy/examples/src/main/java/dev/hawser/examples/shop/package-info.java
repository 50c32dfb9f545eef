/**
 * A workload as small as one can be: it says who it is, calls the services it was told of, and
 * knows nothing of a mesh.
 *
 * <p>Starting points: {@link dev.hawser.examples.shop.Shop}.
 */
@NullMarked
package dev.hawser.examples.shop;

import org.jspecify.annotations.NullMarked;
