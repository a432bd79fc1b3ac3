/**
 * Where everything goes: the sections of the output, their order, addresses and places in the file,
 * values of symbols. What a script's layout needs for it has packages of its own: {@link
 * io.jld.match}, {@link io.jld.gather}, {@link io.jld.place}; and so have segments, {@link
 * io.jld.segment}.
 */
package io.jld.layout;
