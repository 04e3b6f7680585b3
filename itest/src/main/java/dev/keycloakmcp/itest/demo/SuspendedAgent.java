package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.demo.McpAgent.Outcome;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The last chapter of the walk: an administrator stops the agent. */
final class SuspendedAgent {

    private static final String AGENT = "nightly-agent";
    private static final String REASON = "its key leaked";

    /** What explain is asked about. */
    static final Map<String, String> QUESTION =
            Map.of("grant", "client_credentials", "client", AGENT, "scope", "crm:read");

    private final AgentMesh mesh;
    private final OAuthClient keycloak;
    private final Requests requests;
    private final Administration administration;
    private final Narrator tell;

    SuspendedAgent(
            AgentMesh mesh, OAuthClient keycloak, Requests requests, Administration administration, Narrator narrator) {
        this.mesh = mesh;
        this.keycloak = keycloak;
        this.requests = requests;
        this.administration = administration;
        this.tell = narrator;
    }

    /** Leaves the agent suspended. */
    void run(String aliceToken) {
        tell.chapter(
                "An agent is stopped",
                "The key of the nightly agent leaked. An administrator suspends it: on the audit page, or by one call.");

        Form crm = Form.of("resource", mesh.crm().toString()).with("scope", "crm:read");
        tell.step("Before: its token works");
        Reply reply = requests.asAgent(crm);
        if (!tell.check("the agent gets a token", reply, reply.status() == 200)) {
            return;
        }
        String token = reply.accessToken();
        Outcome before = requests.call(mesh.crm(), token, "find_account");
        tell.check("find_account answers", before.text(), before.status() == 200);

        tell.step("The administrator suspends it");
        String suspension = "actors/" + AGENT + "/suspension";
        tell.request("PUT " + administration.mcp(suspension) + "  reason=" + REASON);
        Reply suspended = administration.send("PUT", suspension, Map.of("reason", REASON));
        tell.response(suspended.toString());
        tell.check("suspended", suspended, suspended.status() == 204);

        refused(token, crm);
        tell.step("Nobody else notices");
        Outcome alice = requests.call(mesh.crm(), aliceToken, "find_account");
        tell.check("alice's MCP client goes on with its token", alice.text(), alice.status() == 200);
        known();
    }

    private void refused(String token, Form crm) {
        tell.step(
                "The token that it has is refused",
                "The CRM server asks Keycloak about each token (RFC 7662), so it knows at once. A server that checks",
                "signatures alone knows when the token ends, after 300 s at most.");
        tell.request("POST .../token/introspect  as crm-mcp-server");
        Reply introspected = keycloak.introspect(AgentMesh.CRM, token);
        tell.response(introspected.toString());
        tell.check(
                "Keycloak says that it is not active",
                introspected,
                introspected.status() == 200
                        && !introspected.json().path("active").asBoolean(true));
        Outcome after = requests.call(mesh.crm(), token, "find_account");
        tell.check(
                "the CRM server refuses it: 401 invalid_token",
                after.text(),
                after.status() == 401 && after.challenge("error").equals("invalid_token"));

        tell.step("It gets no other token");
        Reply reply = requests.asAgent(crm);
        tell.check("refused: unauthorized_client", reply, reply.error().equals("unauthorized_client"));
    }

    /** What administrators can ask about it. */
    private void known() {
        tell.step("Explain says why a request is refused, without sending it");
        tell.request("POST " + administration.explain() + "  " + Reply.write(QUESTION));
        Reply explained = administration.send("POST", "explain", QUESTION);
        JsonNode said = explained.json();
        tell.response(explained.status() + " decision=" + said.path("decision").asText() + "  reason="
                + said.path("reason").asText() + "  " + said.path("detail").asText());
        tell.check(
                "denied, since the client is suspended",
                explained,
                said.path("decision").asText().equals("deny")
                        && said.path("reason").asText().equals("client_suspended"));

        tell.step("The audit trail knows what the agent did, and who stopped it");
        String delegations = "delegations?actor=" + AGENT + "&max=5";
        tell.request("GET " + administration.mcp(delegations));
        Reply rows = administration.get(delegations);
        for (JsonNode row : rows.json()) {
            boolean byPerson = row.path("subject").path("client_id").isMissingNode();
            tell.response(row.path("time").asText() + "  " + row.path("type").asText() + "  "
                    + row.path("reason").asText()
                    + (byPerson
                            ? "  by " + row.path("subject").path("username").asText() + ": "
                                    + row.path("detail").asText()
                            : ""));
        }
        tell.check(
                "a row for the suspension, with its reason",
                rows,
                StreamSupport.stream(rows.json().spliterator(), false)
                        .anyMatch(row -> row.path("type").asText().equals("suspension")
                                && row.path("detail").asText().equals(REASON)));
    }
}
