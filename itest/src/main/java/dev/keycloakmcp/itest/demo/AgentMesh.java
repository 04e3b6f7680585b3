package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.demo.McpToolServer.Tool;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The protected half of the realm {@code agent-mesh}: a CRM and a billing MCP server, and the ticket API
 * that the CRM server calls on behalf of its callers.
 */
public final class AgentMesh implements AutoCloseable {

    static final ClientAuth CRM = ClientAuth.basic("crm-mcp-server", "crm-mcp-server-demo-secret");
    static final ClientAuth BILLING = ClientAuth.basic("billing-mcp-server", "billing-mcp-server-demo-secret");
    static final ClientAuth AGENT = ClientAuth.basic("nightly-agent", "nightly-agent-demo-secret");

    /** Libraries that tell each step of their life, or worry about leaks and slow starts where everything ends anyway. */
    private static final Map<Logger, Level> TALKATIVE = Map.of(
            Logger.getLogger("org.apache"), Level.WARNING,
            Logger.getLogger("org.apache.catalina.loader"), Level.SEVERE,
            Logger.getLogger("org.apache.catalina.util"), Level.SEVERE,
            Logger.getLogger("io.modelcontextprotocol"), Level.WARNING);

    static {
        TALKATIVE.forEach(Logger::setLevel);
    }

    private final TicketApi tickets = new TicketApi();
    private final McpToolServer billing = new McpToolServer(
            "Billing",
            List.of(new Tool(
                    "list_invoices",
                    "Lists the caller's invoices",
                    "billing:read",
                    caller -> "invoice 2026-001: 100 EUR")));
    private final McpToolServer crm = new McpToolServer(
            "CRM",
            List.of(
                    new Tool("find_account", "Finds an account", "crm:read", caller -> "ACME Ltd., 3 open deals"),
                    new Tool("update_account", "Changes an account", "crm:write", caller -> "ACME Ltd. updated"),
                    new Tool("list_my_tickets", "Lists the caller's tickets", "crm:read", this::ticketsOf)));
    private final AtomicReference<@Nullable OAuthClient> keycloak = new AtomicReference<>();
    private final AtomicReference<@Nullable Reply> exchanged = new AtomicReference<>();

    URI crm() {
        return crm.uri();
    }

    URI billing() {
        return billing.uri();
    }

    URI tickets() {
        return tickets.uri();
    }

    /** What the realm file leaves open: where the protected resources are. */
    public Map<String, String> realmVariables() {
        return Map.of(
                "CRM_MCP_SERVER_URL", crm().toString(),
                "BILLING_MCP_SERVER_URL", billing().toString(),
                "TICKET_API_URL", tickets().toString());
    }

    /** Makes all three take tokens of that realm. The CRM server asks about each one, the others check signatures alone. */
    public void trust(URI issuer) {
        OAuthClient client = new OAuthClient(issuer);
        URI keys = URI.create(client.metadata().required("jwks_uri").asText());
        crm.trust(
                issuer,
                keys,
                token -> client.introspect(CRM, token).json().path("active").asBoolean());
        billing.trust(issuer, keys);
        tickets.trust(issuer, keys);
        keycloak.set(client);
    }

    /** What the CRM server last got for a token of its caller; null before it ever asked. */
    @Nullable Reply exchanged() {
        return exchanged.get();
    }

    /**
     * User-delegated access as seen by whoever writes an MCP server: exchange the token of the call for one
     * for the other API, and use that.
     */
    private String ticketsOf(Caller caller) {
        OAuthClient client = keycloak.get();
        if (client == null) {
            throw new IllegalStateException("No authorization server yet");
        }
        Reply exchange = client.exchange(
                CRM, caller.token(), Form.of("resource", tickets().toString()).with("scope", TicketApi.SCOPE));
        exchanged.set(exchange);
        if (exchange.status() != 200) {
            return "no token for the ticket API: " + exchange;
        }
        Reply tickets = client.get(tickets(), exchange.accessToken());
        return tickets.status() == 200 ? tickets.body() : "the ticket API refuses: " + tickets;
    }

    @Override
    public void close() {
        crm.close();
        billing.close();
        tickets.close();
    }
}
