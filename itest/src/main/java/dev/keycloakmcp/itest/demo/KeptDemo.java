package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where to go on by hand when the demo stays up, and who signs in there. */
final class KeptDemo {

    private KeptDemo() {}

    /** As lines for a console. */
    static List<String> addresses(Administration administration, AgentMesh mesh) {
        KeycloakServer server = administration.server();
        return List.of(
                "",
                "Everything keeps running until you press enter. Go on by hand:",
                "",
                "Audit page      " + administration.auditPage(),
                "                Sign in as audrey, password audrey. The nightly agent is suspended: see Agents, where you",
                "                can let it go on, and the timeline of what it did.",
                "Explain         " + explanation(administration),
                "                Why was the agent refused? As audrey, too. In a shell:",
                "                POST " + administration.explain(),
                "",
                explainCommand(administration),
                "",
                "Admin Console   " + administration.console(),
                "                Sign in as " + server.adminUsername() + ", password " + server.adminPassword() + ".",
                "MCP servers     " + mesh.crm() + " and " + mesh.billing(),
                "                Connect any MCP client. Sign in as alice, password alice.",
                "");
    }

    /** The address of the view that explains why the agent was refused. */
    static String explanation(Administration administration) {
        Form question = Form.empty();
        for (Map.Entry<String, String> member : new TreeMap<>(SuspendedAgent.QUESTION).entrySet()) {
            question = question.with(member.getKey(), member.getValue());
        }
        return administration.auditPage() + "#/explain?" + question.encoded();
    }

    /** A line for a shell, with the kcadm.sh of the Keycloak that runs. */
    static String explainCommand(Administration administration) {
        KeycloakServer server = administration.server();
        return Workspace.distribution(server.options().version()).resolve("bin/kcadm.sh")
                + " create mcp/explain -r " + administration.realm()
                + " --no-config --server " + server.baseUri() + " --realm master --user " + server.adminUsername()
                + " --password " + server.adminPassword()
                + " -o -b '" + Reply.write(SuspendedAgent.QUESTION) + "'";
    }
}
