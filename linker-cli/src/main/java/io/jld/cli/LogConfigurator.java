package io.jld.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/**
 * Logback's settings: warnings and errors to stderr, one plain line each. Logback finds this class
 * as a service when something is logged for the first time, which a quiet link never does; an XML
 * file and a pattern would cost it two parsers.
 *
 * <p>The system property {@code jld.log} sets another level ({@code
 * JLD_JAVA_OPTS=-Djld.log=debug}).
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Stderr appender = new Stderr();
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(System.getProperty("jld.log"), Level.WARN));
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static final class Stderr extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      String level =
          event.getLevel() == Level.WARN
              ? "warning"
              : event.getLevel().levelStr.toLowerCase(Locale.ROOT);
      System.err.println("jld: " + level + ": " + event.getFormattedMessage());
      IThrowableProxy thrown = event.getThrowableProxy();
      if (thrown != null) {
        System.err.println(ThrowableProxyUtil.asString(thrown));
      }
    }
  }
}
