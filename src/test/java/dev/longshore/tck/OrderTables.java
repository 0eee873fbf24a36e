package dev.longshore.tck;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;

/** The tables of the TCK's chunk and transaction tests, made afresh with each deployment. */
@ApplicationScoped
public class OrderTables {

  @Inject Sql sql;

  void create(@Observes Startup event) {
    sql.update("drop table if exists numbers, orders, inventory");
    sql.update("create table numbers (item int, quantity int)");
    sql.update("create table orders (orderid int primary key, itemid int, quantity int)");
    sql.update("create table inventory (itemid int not null primary key, quantity int not null)");
    sql.update("insert into inventory values (1, 100)");
    sql.update("insert into numbers select n, 10 from generate_series(1, 20) n");
  }
}
