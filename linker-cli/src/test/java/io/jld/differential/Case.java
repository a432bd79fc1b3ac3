package io.jld.differential;

import java.util.function.Consumer;

/** Programs and libraries that belong together. */
record Case(String name, Consumer<Bench> body) {}
