package io.jld.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jld.link.Cancellation;
import io.jld.link.LinkException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for the plug-ins of another link. */
@Timeout(60)
class PluginThreadTest {
  @Test
  void whoIsCancelledWaitsNoLonger() throws Exception {
    Cancellation cancellation = new Cancellation();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<String> said;
    synchronized (PluginThread.class) { // the turn is another link's
      said =
          CompletableFuture.supplyAsync(
              () -> {
                begun.countDown();
                return assertThrows(LinkException.class, () -> new PluginThread(cancellation))
                    .getMessage();
              });
      begun.await();
      cancellation.cancel();
      assertEquals("error: the link was cancelled [cancelled]", said.get());
    }
    PluginThread next = new PluginThread(new Cancellation());
    assertEquals(7, next.call(() -> 7));
    next.end();
  }
}
