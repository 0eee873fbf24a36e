package dev.longshore;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Imports run one way: the way of the data. Each package says here what it may import of ours. */
@AnalyzeClasses(packages = "dev.longshore", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.longshore.";

  @ArchTest
  static void everyPackageImportsOnlyWhatItMay(JavaClasses code) {
    may("db").check(code);
    may("problem").check(code);
    may("task", "problem", "db").check(code);
    may("audit", "task", "db").check(code);
    may("engine.worker", "db").check(code);
    may("engine.dispatch", "engine.worker", "task", "db").check(code);
    may("engine.batch", "engine.worker", "task", "db").check(code);
    may("engine.settle", "task", "db").check(code);
    may("engine.control", "task", "problem", "db").check(code);
    may("engine.limit", "task", "problem", "db").check(code);
    may("engine.after", "task", "db").check(code);
    may(
            "engine.claim",
            "engine.after",
            "engine.limit",
            "engine.dispatch",
            "engine.worker",
            "task",
            "db")
        .check(code);
    may("engine.prune", "task", "db").check(code);
    may(
            "engine.run",
            "engine.batch",
            "engine.dispatch",
            "engine.settle",
            "engine.worker",
            "task",
            "db")
        .check(code);
    may(
            "engine.recover",
            "engine.batch",
            "engine.dispatch",
            "engine.settle",
            "engine.worker",
            "task",
            "db")
        .check(code);
    may("log", "task", "problem", "db").check(code);
    may("log.worker", "log", "engine.batch", "engine.worker", "task", "problem", "db").check(code);
    may("local").check(code);
    may("scaffold").check(code);
    may("cli", "local", "scaffold").check(code);
    may("test", "engine.settle", "log", "log.worker", "task", "problem").check(code);
  }

  @ArchTest
  static final ArchRule nobodyImportsTheRoof =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "edge..", ROOT + "workload..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "edge..", ROOT + "workload..");

  @ArchTest
  static final ArchRule nobodyImportsTheTestKit =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "test..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "test..");

  @ArchTest
  static final ArchRule edgeAndWorkloadsAreStrangers =
      slices()
          .matching("dev.longshore.(edge|workload).(*)..")
          .namingSlices("$1.$2")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule nothingOfTheLauncherIsInTheServer =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "cli..", ROOT + "local..", ROOT + "scaffold..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "cli..",
              ROOT + "local..",
              ROOT + "scaffold..",
              "picocli..",
              "io.zonky..",
              "org.apache.activemq.artemis.core..");

  @ArchTest
  static final ArchRule onlyTheBatchRuntimeKnowsItsImplementation =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "engine.batch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.jberet..", "com.ibm.tx..", "com.ibm.ws..", "com.ibm.wsspi..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.longshore.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule namesSaySomething =
      noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Impl|Manager)");

  /**
   * Weld's client proxy of a bean keeps the modifiers of its methods: a call holds the monitor of
   * the proxy beside the bean's own, which a wait does not let go of. Nobody else gets in then.
   */
  @ArchTest
  static final ArchRule whoWaitsHoldsNoMonitorOfAProxy =
      methods()
          .that()
          .haveModifier(JavaModifier.SYNCHRONIZED)
          .and()
          .areDeclaredInClassesThat()
          .areAnnotatedWith(ApplicationScoped.class)
          .should(
              new ArchCondition<>("wait for nobody") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                  method.getMethodCallsFromSelf().stream()
                      .filter(call -> call.getTargetOwner().getPackageName().startsWith("java."))
                      .filter(call -> WAITS.contains(call.getName()))
                      .map(call -> SimpleConditionEvent.violated(call, call.getDescription()))
                      .forEach(events::add);
                }
              });

  private static final Set<String> WAITS =
      Set.of("wait", "await", "join", "sleep", "park", "parkNanos", "acquire", "take");

  /** Classes of a package import, of ours, only it and the given ones. */
  private static ArchRule may(String of, String... imports) {
    String[] allowed =
        Stream.concat(Stream.of(of), Arrays.stream(imports))
            .map(ROOT::concat)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(ROOT + of)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed).or(not(resideInAPackage("dev.longshore.."))));
  }
}
