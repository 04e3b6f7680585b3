package dev.keycloakmcp.itest.reports;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people reported elsewhere has the right answer here. {@code docs/contribute/reports.md} lists it. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublicReportsIT {

    private ReportedRealm reported;

    @BeforeAll
    void create(TestRealm realm) {
        reported = ReportedRealm.in(realm);
    }

    static List<PublicReport> reports() {
        return PublicReport.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reports")
    void is_answered_rightly(PublicReport report) {
        report.steps().take(reported);
    }
}
