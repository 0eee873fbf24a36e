package dev.longshore.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * PostgreSQL on the loopback address, from Maven Central's binaries, on a data directory that
 * stays. Made to keep what it has confirmed: zonky's test defaults (no fsync, no synchronous
 * commit) are undone, and that is checked at every start.
 */
public final class Postgres implements AutoCloseable {

  static final String USER = "postgres";
  private static final String DATABASE = "longshore";

  /** After a crash the log is replayed first. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  /** Held, so that its level stays: what zonky does belongs in nobody's terminal. */
  private static final Logger ZONKY = Logger.getLogger("io.zonky.test.db.postgres");

  private final EmbeddedPostgres embedded;
  private final ProcessHandle postmaster;
  private final PidFile pid;
  private final String password;

  private Postgres(
      EmbeddedPostgres embedded, ProcessHandle postmaster, PidFile pid, String password) {
    this.embedded = embedded;
    this.postmaster = postmaster;
    this.pid = pid;
    this.password = password;
  }

  /**
   * Starts it, or stops a leftover of an earlier launcher in the same home and starts it anew.
   *
   * @throws StartException when it does not start
   */
  public static Postgres start(Installation installation, Home home, int port) {
    ZONKY.setLevel(Level.OFF);
    requireStartable();
    Path data = home.path().resolve("postgres");
    Path log = home.logs().resolve("postgres.log");
    try {
      stopLeftover(data);
      Path initialized = data.resolve("longshore-initialized");
      setAsideUnfinished(data, initialized);
      String password = home.serverSecrets().password(USER);
      Path passwordFile = home.run().resolve("postgres.password");
      Home.writeOwnerOnly(passwordFile, password + "\n");
      EmbeddedPostgres embedded =
          builder(installation, port, data, log, password, passwordFile).start();
      Files.delete(passwordFile);
      ProcessHandle postmaster = ProcessHandle.of(postmasterPid(data)).orElseThrow();
      Postgres started = new Postgres(embedded, postmaster, home.pid("postgres"), password);
      started.pid.write(postmaster);
      try {
        started.prepare();
        Files.writeString(initialized, "");
      } catch (SQLException | IOException | RuntimeException e) {
        started.close();
        throw e;
      }
      return started;
    } catch (IOException | SQLException | IllegalStateException e) {
      stopLeftover(data);
      throw new StartException("PostgreSQL did not start (" + e.getMessage() + "): see " + log, e);
    }
  }

  /** PostgreSQL refuses to run as root; zonky then gives it a user namespace of its own. */
  private static void requireStartable() {
    if (System.getProperty("os.name").startsWith("Linux")
        && "root".equals(System.getProperty("user.name"))
        && !LinuxUtils.isUnshareAvailable()) {
      throw new StartException(
          "PostgreSQL does not run as root, and this system allows root no user namespace"
              + " (unshare -U) to run it in, nothing was started: start Longshore as another user,"
              + " or set LONGSHORE_DB_URL to a PostgreSQL of your own.");
    }
  }

  private static EmbeddedPostgres.Builder builder(
      Installation installation,
      int port,
      Path data,
      Path log,
      String password,
      Path passwordFile) {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(data)
        .setOverrideWorkingDirectory(installation.postgres().toFile())
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(START_LIMIT)
        .setOutputRedirector(Redirect.appendTo(log.toFile()))
        // These are initdb's options; zonky passes them on as they are. Without a password every
        // user of the machine would be PostgreSQL's superuser.
        .setLocaleConfig("pwfile", passwordFile.toString())
        .setLocaleConfig("auth-host", "scram-sha-256")
        .setLocaleConfig("auth-local", "scram-sha-256")
        .setLocaleConfig("locale-provider", "builtin")
        .setLocaleConfig("builtin-locale", "C.UTF-8")
        .setLocaleConfig("locale", "C")
        .setConnectConfig("password", password)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "300");
  }

  /** Makes the database where it is missing, and trusts no setting that it has not seen. */
  private void prepare() throws SQLException {
    try (Connection connection =
            embedded.getPostgresDatabase(Map.of("password", password)).getConnection();
        Statement statement = connection.createStatement()) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        if (!"on".equals(first(statement, "show " + setting))) {
          throw new StartException(
              "PostgreSQL runs with " + setting + " off and could lose tasks: it was stopped.");
        }
      }
      if (first(statement, "select 1 from pg_database where datname = '" + DATABASE + "'")
          == null) {
        statement.execute("create database " + DATABASE);
      }
    }
  }

  private static String first(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /** JDBC, without user and password. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + embedded.getPort() + "/" + DATABASE;
  }

  public String user() {
    return USER;
  }

  public String password() {
    return password;
  }

  /** The postmaster: every other process of PostgreSQL is a child of it. */
  public ProcessHandle process() {
    return postmaster;
  }

  /** Stops it with its data intact ("fast"): open transactions are rolled back. */
  @Override
  public void close() {
    try {
      embedded.close();
    } catch (IOException e) {
      ZONKY.log(Level.WARNING, "PostgreSQL's lock file could not be closed", e);
    }
    // zonky waits for five seconds; a last checkpoint may take longer.
    if (!PidFile.exited(postmaster, STOP_LIMIT)) {
      Child.signal(postmaster.pid(), "QUIT");
      PidFile.exited(postmaster, Duration.ofSeconds(10));
    }
    pid.delete();
  }

  /** A postmaster whose launcher was killed goes on; two on one directory must never be. */
  private static void stopLeftover(Path data) {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    try {
      ProcessHandle.of(postmasterPid(data))
          .ifPresent(
              process -> {
                if (!isPostgres(process)) {
                  // Its id belongs to another program now: PostgreSQL would refuse to start.
                  delete(file);
                  return;
                }
                Child.signal(process.pid(), "INT");
                if (!PidFile.exited(process, STOP_LIMIT)) {
                  Child.signal(process.pid(), "QUIT");
                  PidFile.exited(process, Duration.ofSeconds(10));
                }
              });
    } catch (IOException | NumberFormatException e) {
      throw new StartException(file + " cannot be read: stop PostgreSQL there and delete it.", e);
    }
    endOrphans(data);
  }

  /**
   * Backends outlive a killed postmaster until they notice or have done with their statement, and
   * PostgreSQL refuses to start beside them. Seen on Linux only; elsewhere that refusal stands.
   */
  private static void endOrphans(Path data) {
    List<ProcessHandle> orphans =
        ProcessHandle.allProcesses()
            .filter(process -> isPostgres(process) && worksIn(process, data))
            .toList();
    orphans.forEach(process -> Child.signal(process.pid(), "QUIT"));
    orphans.forEach(process -> PidFile.exited(process, Duration.ofSeconds(10)));
  }

  private static boolean worksIn(ProcessHandle process, Path data) {
    try {
      return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(c -> Path.of(c).getFileName().toString()).stream()
        .anyMatch(name -> name.startsWith("postgres"));
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new StartException(file + " is stale and cannot be deleted: " + e, e);
    }
  }

  private static long postmasterPid(Path data) throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
  }

  /** A start that was killed while making the data directory leaves one that never works. */
  private static void setAsideUnfinished(Path data, Path initialized) throws IOException {
    if (!Files.isDirectory(data) || Files.exists(initialized)) {
      return;
    }
    try (Stream<Path> files = Files.list(data)) {
      if (files.findAny().isEmpty()) {
        return;
      }
    }
    Files.move(data, data.resolveSibling("postgres-unfinished-" + System.currentTimeMillis()));
  }
}
