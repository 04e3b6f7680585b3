package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.RealmFacts;
import dev.keycloakmcp.admin.ServerReport;
import dev.keycloakmcp.admin.SetupStatus;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The realm as an administrator sees it at one look, in lines: the set-up, servers, agents, and what needs attention. */
final class RealmOverview {

    private final AdminRequest request;

    RealmOverview(AdminRequest request) {
        this.request = request;
    }

    String lines(List<SetupStatus> parts) {
        RealmFacts realm = new DoctorReader(request.session(), request.realm()).read();
        return Stream.of(
                        parts.stream().map(SetupStatus::line),
                        realm.servers().stream().flatMap(RealmOverview::server),
                        suspended(),
                        DoctorResource.findings(realm).stream()
                                .map(finding -> line(finding.severity(), finding.problem() + " " + finding.fix())))
                .flatMap(lines -> lines)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static Stream<String> server(ServerReport server) {
        return Stream.concat(
                Stream.of(line(
                        "server",
                        server.resource() + " (" + server.clientId() + "): " + String.join(" ", server.scopes()))),
                server.agents().stream()
                        .map(agent -> line(
                                "agent",
                                agent.clientId() + " at " + server.resource() + ": "
                                        + String.join(" ", agent.scopes()))));
    }

    private Stream<String> suspended() {
        return new SetupReader(request.session(), request.realm())
                .suspended()
                .map(client -> line(
                        "suspended",
                        client.getClientId() + ": " + client.getAttribute(McpAttributes.SUSPENDED)
                                + (client.isEnabled() ? "" : " (disabled)")));
    }

    private static String line(String word, String text) {
        return String.format(Locale.ROOT, "%-9s %s", word, text.replaceAll("\\p{Cntrl}", " "));
    }
}
