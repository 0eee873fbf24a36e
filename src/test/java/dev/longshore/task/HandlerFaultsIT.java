package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docs.SendWelcome;
import dev.longshore.story.Archives;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An application with a wrong declaration does not start, and says which. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class HandlerFaultsIT {

  @ArquillianResource private Deployer deployer;

  @Deployment(name = "abstract", managed = false, testable = false)
  static WebArchive withAbstractClass() {
    return Archives.longshore("abstract.war").addClasses(AbstractHandler.class);
  }

  @Deployment(name = "twice", managed = false, testable = false)
  static WebArchive withTwoClassesForOneName() {
    return Archives.longshore("twice.war")
        .addClasses(SendWelcome.class, SendWelcome.Welcome.class, SendWelcome.Sent.class)
        .addClasses(SecondWelcome.class);
  }

  @Test
  void aClassThatCdiPassesOverStopsTheStart() {
    assertThatThrownBy(() -> deployer.deploy("abstract"))
        .hasStackTraceContaining(AbstractHandler.class.getName() + " is abstract and has @Handler");
  }

  @Test
  void twoClassesForOneNameStopTheStart() {
    assertThatThrownBy(() -> deployer.deploy("twice"))
        .hasStackTraceContaining("Two classes declare the task type 'welcome.send'")
        .hasStackTraceContaining(SendWelcome.class.getName())
        .hasStackTraceContaining(SecondWelcome.class.getName());
  }
}
