/**
 * The steps that a request passes between its arrival and its route: Envoy's HTTP filters. A chain
 * belongs to one HTTP connection manager, is compiled when its listener arrives, and is null when
 * it has no filter but the router, so that requests do not notice it. The route is found before the
 * first filter, and a filter may ask for it to be found again.
 *
 * <p>To add a filter:
 *
 * <ol>
 *   <li>its configuration is a record in {@link dev.hawser.proxy.model.FilterConfig}, and one in
 *       {@link dev.hawser.proxy.model.FilterOverride} if routes may say something about it;
 *   <li>a class in {@code codec} reads both from their Envoy messages and refuses what it would not
 *       obey; it has its line in {@code codec.FilterCodecs}, the one list of types;
 *   <li>a class that implements {@link dev.hawser.proxy.filter.HttpFilter}, in a package of its own
 *       if it is more than one class;
 *   <li>its line in {@code boot.FilterList}, where the compiler asks for it.
 * </ol>
 *
 * <p>Starting points: {@link dev.hawser.proxy.filter.HttpFilter}, {@link
 * dev.hawser.proxy.filter.FilterCall}, {@link dev.hawser.proxy.filter.Filters}.
 */
@NullMarked
package dev.hawser.proxy.filter;

import org.jspecify.annotations.NullMarked;
