package dev.longshore.docs;

import dev.longshore.log.MessageLog;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

@ApplicationScoped
public class PublishPost {

  public record Published(long post, String title) {}

  @Resource(lookup = "jdbc/longshore")
  private DataSource database;

  @Inject private MessageLog log;

  @Transactional
  public void publish(long post, String title) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement("update posts set published = true where id = ?")) {
      update.setLong(1, post);
      update.executeUpdate();
    }
    log.append("post/publish", new Published(post, title)); // commits with the update
  }
}
