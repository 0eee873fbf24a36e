package dev.longshore.story;

import dev.longshore.local.Installation;
import java.io.File;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.hamcrest.Matcher;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Packs in-container tests. */
public final class Archives {

  private Archives() {}

  /** The WAR as the build made it, and the test libraries. */
  public static WebArchive longshore() {
    return longshore("longshore.war");
  }

  /** The same under another name, for a test class with more than one. */
  public static WebArchive longshore(String name) {
    return ShrinkWrap.create(ZipImporter.class, name)
        .importFrom(Installation.current().war().toFile())
        .as(WebArchive.class)
        .addAsLibraries(
            jarOf(Assertions.class),
            jarOf(net.bytebuddy.ByteBuddy.class),
            jarOf(Awaitility.class),
            jarOf(Matcher.class));
  }

  private static File jarOf(Class<?> type) {
    return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
