package dev.longshore.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Servers;
import dev.longshore.story.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** With the driver that the pom names: another one may wait behind an announcement again. */
class LingerIT {

  @Test
  void behindAnAnnouncementTheDriverWaitsForNoOther() throws Exception {
    Servers servers = TestServers.servers();
    Properties properties = new Properties();
    properties.put("user", servers.dbUser());
    properties.put("password", servers.dbPassword());
    try (Connection writer = DriverManager.getConnection(servers.dbUrl(), properties)) {
      properties.put("socketFactory", Waits.class.getName());
      try (Connection reader = DriverManager.getConnection(servers.dbUrl(), properties)) {
        Linger.leaveOut(reader);
        execute(reader, "listen linger_it");
        Waits.MILLIS.clear();

        execute(writer, "notify linger_it, 'first'");
        assertThat(announced(reader)).isEqualTo("first");
        execute(writer, "notify linger_it, 'second'");
        assertThat(announced(reader)).isEqualTo("second");

        assertThat(Waits.MILLIS).as("milliseconds").contains(20_000).doesNotContain(1);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String announced(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getNotifications(20_000)[0].getParameter();
  }

  /** Notes for how long sockets were to wait. */
  public static final class Waits extends SocketFactory {

    private static final List<Integer> MILLIS = new CopyOnWriteArrayList<>();

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public synchronized void setSoTimeout(int millis) throws SocketException {
          MILLIS.add(millis);
          super.setSoTimeout(millis);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw new IOException("not asked for");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int by) throws IOException {
      throw new IOException("not asked for");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw new IOException("not asked for");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int by)
        throws IOException {
      throw new IOException("not asked for");
    }
  }
}
