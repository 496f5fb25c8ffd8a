package io.ringvs.director;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** Keeps the dependencies between modules one way, as docs/architecture.md draws them. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.ringvs");

    @Test
    void shouldHaveSeenEveryModule() {
        for (final String name : new String[] {"linux", "ring", "service", "conntab", "fastpath", "control", "host"}) {
            assertTrue(
                CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith("io.ringvs." + name)),
                "no class of io.ringvs." + name + " was found: this test would prove nothing about it");
        }
    }

    @Test
    void shouldPointOneWay() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("xdp-loader").definedBy("io.ringvs.xdp..", "io.ringvs.linux..")
            .layer("ring-io").definedBy("io.ringvs.ring..")
            .layer("sched").definedBy("io.ringvs.service..", "io.ringvs.sched..", "io.ringvs.snapshot..")
            .layer("conntab").definedBy("io.ringvs.conntab..")
            .layer("fastpath").definedBy("io.ringvs.fastpath..", "io.ringvs.packet..", "io.ringvs.forward..")
            .layer("control-api").definedBy("io.ringvs.control..", "io.ringvs.host..", "io.ringvs.netlink..")
            .layer("director").definedBy("io.ringvs.director..", "io.ringvs.replay..")
            .whereLayer("director").mayNotBeAccessedByAnyLayer()
            .whereLayer("control-api").mayOnlyBeAccessedByLayers("director")
            .whereLayer("fastpath").mayOnlyBeAccessedByLayers("director")
            .whereLayer("conntab").mayOnlyBeAccessedByLayers("fastpath", "control-api", "director")
            .whereLayer("ring-io").mayOnlyBeAccessedByLayers("fastpath", "director")
            .whereLayer("sched").mayOnlyBeAccessedByLayers("conntab", "fastpath", "control-api", "director")
            .whereLayer("xdp-loader").mayOnlyBeAccessedByLayers("ring-io", "fastpath", "control-api", "director")
            .check(CLASSES);
    }

    @Test
    void shouldBindNativeCodeInOneModuleOnly() {
        noClasses().that().resideOutsideOfPackages("io.ringvs.linux..", "io.ringvs.xdp..")
            .should().dependOnClassesThat().resideInAPackage("jnr..")
            .check(CLASSES);
    }
}
