/**
 * For the tests of an architecture, in the jar {@code linker-core} with the classifier {@code
 * tests}: a {@linkplain io.jld.arch.testkit.FakeLink link of one section}, a {@linkplain
 * io.jld.arch.testkit.ObjectBuilder builder of objects} and the {@linkplain
 * io.jld.arch.testkit.ArchConformance tests that every architecture passes}. It uses what the core
 * exports, and JUnit 5.
 *
 * @since 0.1
 */
package io.jld.arch.testkit;
