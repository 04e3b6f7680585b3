package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.net.URI;
import java.util.Map;

/**
 * The addresses of a realm for administrators, and what they can ask there.
 *
 * @param server where the realm is, whose bootstrap administrator asks
 * @param realm its name
 */
public record Administration(KeycloakServer server, String realm) {

    URI issuer() {
        return server.realmUri(realm);
    }

    URI auditPage() {
        return URI.create(issuer() + "/mcp-audit/");
    }

    URI console() {
        return URI.create(server.baseUri() + "/admin/master/console/#/" + realm);
    }

    URI explain() {
        return mcp("explain");
    }

    /** Below the extension's part of the admin REST API. */
    URI mcp(String path) {
        return URI.create(server.baseUri() + "/admin/realms/" + realm + "/mcp/" + path);
    }

    Reply get(String path) {
        return new OAuthClient(issuer()).get(mcp(path), server.adminToken());
    }

    Reply send(String method, String path, Map<String, String> body) {
        return new OAuthClient(issuer()).sendJson(method, mcp(path), body, server.adminToken());
    }
}
