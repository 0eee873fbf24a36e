package dev.longshore.tck;

import dev.longshore.story.Archives;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.arquillian.container.spi.client.deployment.DeploymentDescription;
import org.jboss.arquillian.container.test.spi.client.deployment.DeploymentScenarioGenerator;
import org.jboss.arquillian.test.spi.TestClass;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR with the TCK's tests and artifacts in it, and the database that these expect. */
public class TckDeployment implements DeploymentScenarioGenerator {

  @Override
  public List<DeploymentDescription> generate(TestClass test) {
    provideOrderDb();
    WebArchive archive =
        Archives.longshore()
            .addAsLibraries(
                jarOf("com.ibm.jbatch.tck.utils.JobOperatorBridge"),
                jarOf("com.ibm.jbatch.tck.spi.JobExecutionWaiter"))
            .addAsLibrary(withoutEjbs(jarOf("ee.jakarta.tck.batch.util.Reporter")))
            // Empty: the tests run where Arquillian calls them, in no "vehicle".
            .addAsResource(EmptyAsset.INSTANCE, "vehicle.properties")
            .addClasses(OrderTables.class);
    return List.of(new DeploymentDescription("tck", archive));
  }

  /** The server has no remote EJBs, which one way of calling the tests would need. */
  private static JavaArchive withoutEjbs(File jar) {
    JavaArchive archive =
        ShrinkWrap.create(ZipImporter.class, jar.getName()).importFrom(jar).as(JavaArchive.class);
    archive.delete("/ee/jakarta/tck/batch/util/vehicle/ejb");
    return archive;
  }

  /**
   * {@code jdbc/orderDB} is to be our data source: a second one could not take part in a chunk's
   * transaction.
   */
  private static void provideOrderDb() {
    Path server =
        Path.of(
            System.getProperty("longshore.it.usr"),
            "servers",
            System.getProperty("longshore.it.server"));
    Path settings = server.resolve("configDropins/overrides/tck.xml");
    if (Files.exists(settings)) {
      return;
    }
    ShrinkWrap.create(JavaArchive.class)
        .addClass(OrderDb.class)
        .as(ZipExporter.class)
        .exportTo(server.resolve("lib/orderdb.jar").toFile(), true);
    try {
      Files.createDirectories(settings.getParent());
      Files.writeString(
          settings,
          """
          <server>
            <library id="orderdb"><file name="${server.config.dir}/lib/orderdb.jar"/></library>
            <jndiObjectFactory id="orderdb" libraryRef="orderdb" objectClassName="javax.sql.DataSource"
                className="%s"/>
            <jndiReferenceEntry jndiName="jdbc/orderDB" factoryRef="orderdb"/>
          </server>
          """
              .formatted(OrderDb.class.getName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static File jarOf(String className) {
    try {
      return new File(
          Class.forName(className).getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new IllegalStateException("The TCK is not on the class path: -Pbatch-tck", e);
    }
  }
}
