/** The command line. */
module io.jld.cli {
  requires com.google.gson;
  requires io.jld.amd64;
  requires io.jld.core;
  requires io.jld.x86;
  requires java.management;
  requires org.slf4j;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires static com.google.protobuf; // the worker's: the launcher puts it on its class path

  provides java.util.spi.ToolProvider with
      io.jld.cli.JldTool;
  provides ch.qos.logback.classic.spi.Configurator with
      io.jld.cli.LogConfigurator;
}
