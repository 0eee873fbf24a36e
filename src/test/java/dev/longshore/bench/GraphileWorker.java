package dev.longshore.bench;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** graphile-worker by src/test/bench-graphile/drain.mjs; needs Node.js and npm. */
final class GraphileWorker implements Contestant {

  private final Path sources;
  private final Path work;

  /**
   * @param checkout where the sources are
   * @param work where its packages are installed
   */
  GraphileWorker(Path checkout, Path work) {
    this.sources = checkout.resolve("src/test/bench-graphile");
    this.work = work;
  }

  @Override
  public String name() {
    return "graphile-worker";
  }

  @Override
  public Map<String, Double> perSecond(Database database, Counts counts) throws Exception {
    Files.createDirectories(work);
    for (String file : new String[] {"package.json", "drain.mjs"}) {
      Files.write(work.resolve(file), Files.readAllBytes(sources.resolve(file)));
    }
    run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent");
    String url =
        database
            .url()
            .replaceFirst(
                "^jdbc:postgresql://",
                "postgresql://" + database.user() + ":" + database.password() + "@");
    String line = run("node", "drain.mjs", url, Integer.toString(counts.tasks()));
    JsonObject found = Json.createReader(new StringReader(line)).readObject();
    return Map.of("tasks", found.getJsonNumber("perSecond").doubleValue());
  }

  private String run(String... command) throws IOException, InterruptedException {
    File out = Files.createTempFile(work, "out", null).toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectError(Redirect.INHERIT)
            .redirectOutput(out)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(command[0] + " ended with " + process.exitValue());
    }
    return Files.readString(out.toPath()).strip();
  }
}
