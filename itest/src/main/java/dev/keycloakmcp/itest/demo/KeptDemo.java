package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.util.List;

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
                "Explain         POST " + administration.explain(),
                "                Why was the agent refused? Copy this to a shell:",
                "",
                explainCommand(administration),
                "",
                "Admin Console   " + administration.console(),
                "                Sign in as " + server.adminUsername() + ", password " + server.adminPassword() + ".",
                "MCP servers     " + mesh.crm() + " and " + mesh.billing(),
                "                Connect any MCP client. Sign in as alice, password alice.",
                "");
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
