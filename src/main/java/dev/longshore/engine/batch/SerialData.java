package dev.longshore.engine.batch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import org.jberet.spi.SerializableDataProvider;

/**
 * Turns checkpoints, user data and what made a step fail into bytes and back, bounded and by the
 * application's classes. JBeret finds it as a service.
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
    try (ObjectOutputStream out = new Writer(bytes)) {
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

  /**
   * Puts another exception in the place of one whose class only the server has: among the causes of
   * a broken connection there is one, and none of them would come back, nor be known for what they
   * are.
   */
  private static final class Writer extends ObjectOutputStream {

    Writer(OutputStream out) throws IOException {
      super(out);
      enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
      return object instanceof Throwable failure && !isOurs(failure.getClass())
          ? standIn(failure)
          : object;
    }

    private static boolean isOurs(Class<?> type) {
      try {
        return Class.forName(type.getName(), false, SerialData.class.getClassLoader()) == type;
      } catch (ClassNotFoundException e) {
        return false;
      }
    }

    /** Of the kind that is asked for when it is looked at why a connection broke. */
    private static Throwable standIn(Throwable failure) {
      Throwable cause = failure.getCause();
      Throwable told;
      if (failure instanceof SQLRecoverableException sql) {
        told =
            new SQLRecoverableException(
                failure.toString(), sql.getSQLState(), sql.getErrorCode(), cause);
      } else if (failure instanceof SQLException sql) {
        told = new SQLException(failure.toString(), sql.getSQLState(), sql.getErrorCode(), cause);
      } else {
        told = new Exception(failure.toString(), cause);
      }
      told.setStackTrace(failure.getStackTrace());
      return told;
    }
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
