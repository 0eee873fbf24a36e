package dev.longshore.tck;

import org.jboss.arquillian.container.test.spi.client.deployment.DeploymentScenarioGenerator;
import org.jboss.arquillian.core.spi.LoadableExtension;

/** Gives Arquillian the TCK's deployment; without the profile's property it does nothing. */
public class TckExtension implements LoadableExtension {

  @Override
  public void register(ExtensionBuilder builder) {
    if (Boolean.getBoolean("longshore.tck")) {
      builder.service(DeploymentScenarioGenerator.class, TckDeployment.class);
    }
  }
}
