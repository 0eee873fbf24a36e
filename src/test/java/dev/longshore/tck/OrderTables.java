package dev.longshore.tck;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;

/**
 * The tables, in the schema app, of the TCK's chunk and transaction tests, made afresh with each
 * deployment.
 */
@ApplicationScoped
public class OrderTables {

  @Inject Sql sql;

  void create(@Observes Startup event) {
    sql.update("drop schema if exists app cascade");
    sql.update("create schema app");
    sql.update("create table app.numbers (item int, quantity int)");
    sql.update("create table app.orders (orderid int primary key, itemid int, quantity int)");
    sql.update(
        "create table app.inventory (itemid int not null primary key, quantity int not null)");
    sql.update("insert into app.inventory values (1, 100)");
    sql.update("insert into app.numbers select n, 10 from generate_series(1, 20) n");
  }
}
