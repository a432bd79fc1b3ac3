package io.jld.plan;

/** {@code REGION_ALIAS("alias", "region")}: another name of a region, which is defined before. */
public record RegionAlias(Place place, String alias, String region) {}
