package dev.longshore.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An installation whose Liberty is a shell script, for what goes wrong at a start. */
final class FakeInstallation {

  private FakeInstallation() {}

  /**
   * Makes one in the directory.
   *
   * @param script what {@code bin/server} does
   */
  static Installation in(Path directory, String script) throws IOException {
    Path target = directory.resolve("checkout/target");
    Path server = Files.createDirectories(target.resolve("liberty/wlp/bin")).resolve("server");
    Files.writeString(server, "#!/bin/sh\n" + script + "\n");
    if (!server.toFile().setExecutable(true)) {
      throw new IOException(server + " cannot be made executable");
    }
    Path template = Files.createDirectories(target.resolve("server"));
    Files.writeString(template.resolve("server.xml"), "<server/>");
    Files.createDirectories(template.resolve("apps"));
    Files.createDirectories(target.resolve("launcher"));
    return new Installation(target);
  }
}
