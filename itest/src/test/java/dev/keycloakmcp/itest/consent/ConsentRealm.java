package dev.keycloakmcp.itest.consent;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.representations.idm.RealmRepresentation;

/** A realm with two MCP servers, the login theme {@code mcp}, and a user alice. */
final class ConsentRealm extends TestRealm {

    static final String SERVER = "https://files.example.com/mcp";
    static final String OTHER = "https://mail.example.com/mcp";
    static final String READ = "files:read";
    static final String DELETE = "files:delete";
    static final String MAIL = "mail:send";
    static final String CALLBACK = "https://app.example.com/callback";
    static final String OTHER_CALLBACK = "https://other.example.net/callback";
    static final String RISK = "Deletes files for good.";

    private static final Map<String, List<String>> ADMITTED = Map.of(
            "https-redirect-hosts", List.of("*.example.com", "*.example.net", "*.xn--80ak6aa92e.com"),
            "private-use-schemes", List.of("cursor"),
            "max-registrations-per-source", List.of("0"));

    private ConsentRealm(TestRealm realm) {
        super(realm);
    }

    static ConsentRealm in(TestRealm realm) {
        ConsentRealm consent = new ConsentRealm(RealmBuilder.realm()
                .settings(ConsentRealm::pages)
                .scope(Scope.named(READ).onConsentPage("Read your files"))
                .scope(Scope.named(DELETE).onConsentPage("Delete your files").attribute("mcp.risk", RISK))
                .scope(Scope.named(MAIL).onConsentPage("Send mail in your name").attribute("mcp.risk", "high"))
                .clients(
                        Client.server("files", "secret", SERVER, READ, DELETE).named("Files"),
                        Client.server("mail", "secret", OTHER, MAIL).named("Mail"))
                .registration("anonymous", ADMITTED)
                .registration("authenticated", ADMITTED)
                .users("alice")
                .addTo(realm));
        consent.policy(Map.of());
        return consent;
    }

    private static void pages(RealmRepresentation settings) {
        settings.setLoginTheme("mcp");
        settings.setDisplayName("Example Inc.");
        settings.setInternationalizationEnabled(true);
        settings.setSupportedLocales(Set.of("en", "de"));
        settings.setDefaultLocale("en");
    }

    /** Configures the executor {@code mcp-resource-indicator} for all MCP clients. */
    void policy(Map<String, String> configuration) {
        executors(Map.of("mcp-resource-indicator", configuration));
    }

    /** Registers a public client; returns its client id. */
    String register(String name, String... redirectUris) {
        return oauth().register("mcp", Registration.publicClient(name, redirectUris))
                .expect(201)
                .get("client_id");
    }

    /** Registers a public client with an initial access token; returns its client id. */
    String registerInvited(String name, String... redirectUris) {
        return Registration.invited(this, Registration.publicClient(name, redirectUris))
                .expect(201)
                .get("client_id");
    }

    /** A public client that an administrator made, with consent; returns its client id. */
    String application(String clientId, @Nullable String name, String... redirectUris) {
        add(Client.application(clientId, redirectUris)
                .named(name)
                .consent()
                .optional(READ, DELETE, MAIL, "profile", "offline_access"));
        return clientId;
    }

    static Form request(String clientId, String redirectUri, String scope, String server) {
        return Form.of("client_id", clientId)
                .with("redirect_uri", redirectUri)
                .with("scope", scope)
                .with("resource", server);
    }

    /** Sends a person to the authorization endpoint, past the login page. */
    Authorization ask(Browser browser, String clientId, String redirectUri, String scope, String server) {
        return ask(browser, request(clientId, redirectUri, scope, server));
    }

    Authorization ask(Browser browser, Form request) {
        Authorization authorization = oauth().authorize(request, browser);
        return authorization.asksForLogin() ? authorization.login("alice", "alice") : authorization;
    }
}
