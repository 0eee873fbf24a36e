package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.story.Archives;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An application with a wrong event worker does not start, and says which class and methods. */
@ExtendWith(ArquillianExtension.class)
class WorkerFaultsIT {

  @ArquillianResource private Deployer deployer;

  @Deployment(name = "two", managed = false, testable = false)
  static WebArchive withTwoHandlersForOneName() {
    return Archives.longshore("two.war").addClasses(TwoForOneName.class);
  }

  @Test
  void twoHandlersForOneNameStopTheStart() {
    assertThatThrownBy(() -> deployer.deploy("two"))
        .hasStackTraceContaining(
            TwoForOneName.class.getName()
                + ".first() and "
                + TwoForOneName.class.getName()
                + ".second() both handle 'two/one'");
  }
}
