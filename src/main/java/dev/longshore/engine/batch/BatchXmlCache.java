package dev.longshore.engine.batch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The application's class loader. JBeret asks it for batch.xml at every start of a job. */
final class BatchXmlCache extends ClassLoader {

  private static final String BATCH_XML = "META-INF/batch.xml";

  /** Null when the application has none. */
  private final byte[] batchXml;

  BatchXmlCache(ClassLoader application) {
    super(application);
    try (InputStream in = application.getResourceAsStream(BATCH_XML)) {
      batchXml = in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    if (!name.equals(BATCH_XML)) {
      return super.getResourceAsStream(name);
    }
    return batchXml == null ? null : new ByteArrayInputStream(batchXml);
  }
}
