package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchXmlCacheTest {

  private static final String BATCH_XML = "META-INF/batch.xml";

  private final List<String> asked = new ArrayList<>();

  /** An application that has one resource of any name. */
  private ClassLoader application(InputStream resource) {
    return new ClassLoader(null) {
      @Override
      public InputStream getResourceAsStream(String name) {
        asked.add(name);
        return resource;
      }
    };
  }

  @Test
  void batch_xml_is_read_once() throws IOException {
    BatchXmlCache cache =
        new BatchXmlCache(application(new ByteArrayInputStream(new byte[] {1, 2})));

    assertThat(cache.getResourceAsStream(BATCH_XML).readAllBytes()).containsExactly(1, 2);
    assertThat(cache.getResourceAsStream(BATCH_XML).readAllBytes()).containsExactly(1, 2);
    assertThat(asked).containsExactly(BATCH_XML);
  }

  @Test
  void that_there_is_none_is_known_as_well() {
    BatchXmlCache cache = new BatchXmlCache(application(null));

    assertThat(cache.getResourceAsStream(BATCH_XML)).isNull();
    assertThat(asked).containsExactly(BATCH_XML);
  }

  @Test
  void everything_else_is_the_applications() throws IOException {
    BatchXmlCache cache = new BatchXmlCache(getClass().getClassLoader());

    try (InputStream job = cache.getResourceAsStream("META-INF/batch-jobs/longshore-quick.xml")) {
      assertThat(job).isNotNull();
    }
  }

  @Test
  void one_that_cannot_be_read_stops_the_start() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("bad disk");
          }
        };

    assertThatThrownBy(() -> new BatchXmlCache(application(broken)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("bad disk");
  }
}
