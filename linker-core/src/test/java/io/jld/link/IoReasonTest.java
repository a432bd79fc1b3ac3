package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

/** The JDK's messages for these are the file's name. */
class IoReasonTest {
  @Test
  void wordsOfStrerror() {
    assertEquals("Permission denied", IoReason.of(new AccessDeniedException("x")));
    assertEquals("No such file or directory", IoReason.of(new NoSuchFileException("x")));
    assertEquals("Not a directory", IoReason.of(new NotDirectoryException("x")));
    assertEquals("Is busy", IoReason.of(new FileSystemException("x", null, "Is busy")));
    assertEquals("FileSystemException", IoReason.of(new FileSystemException("x")));
    assertEquals("Input/output error", IoReason.of(new IOException("Input/output error")));
    assertEquals("IOException", IoReason.of(new IOException()));
  }
}
