/** What the caller gives a link beside files: memory to read and to write, inputs on demand. */
package io.jld.caller;
