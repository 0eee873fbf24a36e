package dev.longshore.engine.batch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import org.jberet.spi.SerializableDataProvider;

/**
 * Turns checkpoints and user data into bytes and back, bounded and by the application's classes.
 * JBeret finds it as a service.
 */
public final class SerialData implements SerializableDataProvider {

  /** Checkpoints are positions: anything that reaches these sizes is damaged or an attack. */
  private static final ObjectInputFilter BOUNDS =
      ObjectInputFilter.Config.createFilter("maxdepth=100;maxrefs=1000000;maxarray=16777216");

  private static final int STREAM_MAGIC = 0xACED;

  /** Nothing is {@code null} on record as well. */
  @Override
  public byte[] objectToBytes(Object object) throws IOException {
    if (object == null) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  @Override
  public Serializable bytesToObject(byte[] bytes, Class<?> type, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (type == byte[].class && !isStream(bytes)) {
      return bytes; // an artifact's own byte array, which JBeret keeps as it is
    }
    try (ObjectInputStream in = new Reader(new ByteArrayInputStream(bytes), loader)) {
      in.setObjectInputFilter(BOUNDS);
      return (Serializable) in.readObject();
    }
  }

  private static boolean isStream(byte[] bytes) {
    return bytes.length > 4 && ((bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF)) == STREAM_MAGIC;
  }

  private static final class Reader extends ObjectInputStream {

    private final ClassLoader loader;

    Reader(InputStream in, ClassLoader loader) throws IOException {
      super(in);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass type)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(type.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(type); // primitive types
      }
    }
  }
}
