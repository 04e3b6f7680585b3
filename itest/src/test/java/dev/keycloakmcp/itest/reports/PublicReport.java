package dev.keycloakmcp.itest.reports;

import java.util.List;
import java.util.stream.Stream;

/**
 * One public report, as a request of its kind is answered here.
 *
 * @param id as GitHub writes it across repositories
 * @param tried what is sent
 * @param answer what is right
 * @param wasFault whether this answer was wrong here once
 * @param steps send it and assert the answer
 */
record PublicReport(String id, String tried, String answer, boolean wasFault, Steps steps) {

    /** The requests, and what has to come of them. */
    @FunctionalInterface
    interface Steps {
        void take(ReportedRealm realm);
    }

    static PublicReport of(String id, String tried, String answer, Steps steps) {
        return new PublicReport(id, tried, answer, false, steps);
    }

    static List<PublicReport> all() {
        return Stream.of(
                        RegistrationReports.all(),
                        RedirectReports.all(),
                        ScopeReports.all(),
                        TargetReports.all(),
                        TokenReports.all(),
                        MachineReports.all(),
                        ExchangeReports.all(),
                        BrowserReports.all(),
                        MendedReports.all())
                .flatMap(List::stream)
                .toList();
    }

    /** The same, where it was answered wrongly here until somebody tried the report. */
    PublicReport mended() {
        return new PublicReport(id, tried, answer, true, steps);
    }

    /** Issues and pull requests alike are found there. */
    String address() {
        return "https://github.com/" + id.replace("#", "/issues/");
    }

    @Override
    public String toString() {
        return id + ": " + tried;
    }
}
