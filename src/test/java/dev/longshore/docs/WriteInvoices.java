package dev.longshore.docs;

import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import jakarta.annotation.Resource;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

@EventWorker(name = "invoices", description = "Writes an invoice for each paid order.")
public class WriteInvoices {

  @Resource(lookup = "jdbc/longshore")
  private DataSource database;

  @OnMessage("order/paid")
  void paid(JsonObject order) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("insert into invoices (body) values (?::jsonb)")) {
      insert.setString(1, order.toString());
      insert.executeUpdate();
    }
  }
}
