package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.story.Archives;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An application with a wrong event worker does not start, and says which class and methods. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class WorkerFaultsIT {

  @ArquillianResource private Deployer deployer;

  @Deployment(name = "two", managed = false, testable = false)
  static WebArchive withTwoHandlersForOneName() {
    return Archives.longshore("two.war").addClasses(TwoForOneName.class);
  }

  @Deployment(name = "same", managed = false, testable = false)
  static WebArchive withTwoWorkersOfOneName() {
    return Archives.longshore("same.war").addClasses(SameNameOne.class, SameNameTwo.class);
  }

  @Deployment(name = "slip", managed = false, testable = false)
  static WebArchive withASlipInASetting() {
    return Archives.longshore("slip.war")
        .addClasses(SameNameOne.class)
        .addAsResource(
            new StringAsset("longshore.event-worker.same-name.atempts=3\n"),
            "META-INF/microprofile-config.properties");
  }

  @Test
  void twoWorkersOfOneNameStopTheStart() {
    assertThatThrownBy(() -> deployer.deploy("same"))
        .hasStackTraceContaining("both declare the event worker 'same-name': one of them may.");
  }

  @Test
  void anUnknownSettingStopsTheStart() {
    assertThatThrownBy(() -> deployer.deploy("slip"))
        .hasStackTraceContaining("longshore.event-worker.same-name.atempts");
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
