/**
 * What is linked of the contents: garbage collection, properties, the stack's rights. Merged
 * strings and unwind tables have packages of their own.
 */
package io.jld.content;
