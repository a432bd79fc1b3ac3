/**
 * What stages hand on: the link itself with its diagnostics, a section of the output and what it is
 * made of, where everything lies. No algorithm is here.
 */
package io.jld.model;
