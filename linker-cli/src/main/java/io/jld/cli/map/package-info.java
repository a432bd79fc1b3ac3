/**
 * What is made of the link map as data: {@code --map-json} ({@link io.jld.cli.map.MapJson}, whose
 * format docs/map-json.md describes) and {@code --size-report}. Maps that were written before are
 * read by {@link io.jld.cli.map.MapJsonReader}; {@link io.jld.cli.map.SizeTree} finds out what
 * takes how much of an output, and {@link io.jld.cli.map.SizePage} shows it.
 *
 * <p>Nothing of it is loaded in a link that does not ask for it.
 */
package io.jld.cli.map;
