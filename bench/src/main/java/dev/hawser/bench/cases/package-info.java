/** What is measured; {@code Catalog} lists it in order. */
@NullMarked
package dev.hawser.bench.cases;

import org.jspecify.annotations.NullMarked;
