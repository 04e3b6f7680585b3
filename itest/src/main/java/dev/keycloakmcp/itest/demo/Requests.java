package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.demo.McpAgent.Outcome;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.net.URI;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The requests of the walk, each told with its answer. */
final class Requests {

    /** Where the client of the walk is called back. */
    static final String REDIRECT_URI = "http://127.0.0.1:33418/callback";

    private final OAuthClient keycloak;
    private final Narrator tell;

    Requests(OAuthClient keycloak, Narrator tell) {
        this.keycloak = keycloak;
        this.tell = tell;
    }

    Outcome call(URI server, @Nullable String token, String tool) {
        tell.request("MCP tools/call " + tool + " at " + server + (token == null ? "  without a token" : ""));
        try (McpAgent agent = new McpAgent(server, token)) {
            Outcome outcome = agent.call(tool);
            tell.response(outcome.status() + " " + outcome.text());
            return outcome;
        }
    }

    JsonNode get(URI uri) {
        tell.request("GET " + uri);
        return keycloak.get(uri).expect(200).json();
    }

    Authorization authorize(String clientId, String scope, URI resource, Browser browser) {
        Form form = Form.of("client_id", clientId)
                .with("redirect_uri", REDIRECT_URI)
                .with("scope", scope)
                .with("resource", resource.toString());
        tell.request("GET .../auth  " + readable(form));
        return keycloak.authorize(form, browser);
    }

    Reply redeem(String clientId, Authorization page, URI resource) {
        Form extra = Form.of("resource", resource.toString());
        tell.request("POST .../token  grant_type=authorization_code  " + readable(extra));
        Reply reply = keycloak.code(ClientAuth.none(clientId), page, extra);
        return answered(reply);
    }

    /** An error in full; of a token response only that it is one, for the token is shown taken apart. */
    Reply answered(Reply reply) {
        tell.response(reply.status() == 200 ? "200 a token" : reply.toString());
        return reply;
    }

    /** For eyes, not for servers. */
    static String readable(Form form) {
        return form.parameters().stream()
                .map(parameter -> parameter.name() + "=" + parameter.value())
                .collect(Collectors.joining("  "));
    }

    Reply exchange(String name, ClientAuth client, String subjectToken, Form extra) {
        tell.request("POST .../token  as " + name + "  grant_type=token-exchange  " + readable(extra));
        Reply reply = keycloak.exchange(client, subjectToken, extra);
        return answered(reply);
    }

    Reply asAgent(Form form) {
        tell.request("POST .../token  as nightly-agent  grant_type=client_credentials  " + readable(form));
        Reply reply = keycloak.clientCredentials(AgentMesh.AGENT, form);
        return answered(reply);
    }
}
