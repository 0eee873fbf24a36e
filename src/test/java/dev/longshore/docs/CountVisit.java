package dev.longshore.docs;

import dev.longshore.task.Handler;
import dev.longshore.task.Outcome;
import jakarta.annotation.Resource;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

@Handler(name = "visit.count", queue = "statistics", backoff = "PT10S", backoffCap = "PT1H")
public class CountVisit {

  @Resource(lookup = "jdbc/longshore")
  private DataSource database;

  Outcome count(JsonObject payload) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement("update visits set n = n + 1 where page = ?")) {
      update.setString(1, payload.getString("page"));
      return update.executeUpdate() == 1
          ? Outcome.succeeded()
          : Outcome.failed("There is no such page.");
    }
  }
}
