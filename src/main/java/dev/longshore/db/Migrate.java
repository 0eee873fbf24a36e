package dev.longshore.db;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/**
 * Brings the schema up to date when the application starts, before any other singleton that depends
 * on it. Flyway holds an advisory lock, so of several nodes one migrates and the others wait.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
public class Migrate {

  private static final Logger LOG = Logger.getLogger(Migrate.class.getName());

  @Resource(lookup = "jdbc/longshore")
  private DataSource dataSource;

  @PostConstruct
  void start() {
    Persist.whileAway("The schema is not up to date", this::migrate);
  }

  private void migrate() {
    MigrateResult result =
        Flyway.configure(Migrate.class.getClassLoader())
            .dataSource(dataSource)
            .locations("classpath:migrations")
            .callbackLocations("classpath:migrations")
            .schemas("longshore")
            .table("schema_version")
            .placeholderReplacement(false)
            // A foreign session's lock must make the start fail with a message, not hang.
            .initSql("set lock_timeout = '30s'")
            .load()
            .migrate();
    LOG.info(
        () ->
            "Schema longshore is at version "
                + (result.targetSchemaVersion == null
                    ? result.initialSchemaVersion
                    : result.targetSchemaVersion)
                + ", migrations run: "
                + result.migrationsExecuted);
  }
}
