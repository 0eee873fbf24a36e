package dev.longshore.docs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

public class InvoicePoller implements Runnable {

  private final DataSource database;
  private long lastId; // lost with the process: everything is read again after a restart

  public InvoicePoller(DataSource database) {
    this.database = database;
  }

  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try (Connection connection = database.getConnection();
          PreparedStatement next =
              connection.prepareStatement(
                  "select id, name, body from events where id > ? order by id limit 100")) {
        next.setLong(1, lastId);
        try (ResultSet row = next.executeQuery()) {
          while (row.next()) {
            if (row.getString("name").equals("order/paid")) {
              writeInvoice(connection, row.getString("body"));
            }
            lastId = row.getLong("id");
          }
        }
        Thread.sleep(1000);
      } catch (SQLException e) {
        e.printStackTrace(); // and try the same again, for ever
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void writeInvoice(Connection connection, String order) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into invoices (body) values (?::jsonb)")) {
      insert.setString(1, order);
      insert.executeUpdate();
    }
  }
}
