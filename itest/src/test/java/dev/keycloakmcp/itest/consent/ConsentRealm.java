package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.admin.client.resource.RolesResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** A realm with two MCP servers, the login theme {@code mcp}, and a user alice. */
final class ConsentRealm {

    static final String SERVER = "https://files.example.com/mcp";
    static final String OTHER = "https://mail.example.com/mcp";
    static final String READ = "files:read";
    static final String DELETE = "files:delete";
    static final String MAIL = "mail:send";
    static final String CALLBACK = "https://app.example.com/callback";
    static final String OTHER_CALLBACK = "https://other.example.net/callback";
    static final String RISK = "Deletes files for good.";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestRealm realm;

    private ConsentRealm(TestRealm realm) {
        this.realm = realm;
    }

    static ConsentRealm in(TestRealm realm) {
        ConsentRealm consent = new ConsentRealm(realm);
        RealmRepresentation settings = realm.admin().toRepresentation();
        settings.setLoginTheme("mcp");
        settings.setDisplayName("Example Inc.");
        settings.setInternationalizationEnabled(true);
        settings.setSupportedLocales(Set.of("en", "de"));
        settings.setDefaultLocale("en");
        realm.admin().update(settings);
        consent.scope(READ, "Read your files", Map.of());
        consent.scope(DELETE, "Delete your files", Map.of("mcp.risk", RISK));
        consent.scope(MAIL, "Send mail in your name", Map.of("mcp.risk", "high"));
        consent.server("files", "Files", SERVER, READ + " " + DELETE);
        consent.server("mail", "Mail", OTHER, MAIL);
        consent.registration("anonymous");
        consent.registration("authenticated");
        consent.policy(Map.of());
        realm.addUser("alice", "alice");
        return consent;
    }

    TestRealm realm() {
        return realm;
    }

    private void scope(String name, String text, Map<String, String> attributes) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        Map<String, String> all = new HashMap<>(attributes);
        all.put("include.in.token.scope", "true");
        all.put("display.on.consent.screen", "true");
        all.put("consent.screen.text", text);
        scope.setAttributes(all);
        realm.add(scope);
    }

    private void server(String clientId, String name, String url, String scopes) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setName(name);
        client.setPublicClient(false);
        client.setSecret("secret");
        client.setStandardFlowEnabled(false);
        client.setAttributes(Map.of("resource_url", url, "mcp.scopes", scopes));
        realm.add(client);
    }

    private void registration(String kind) {
        ComponentRepresentation component = new ComponentRepresentation();
        component.setName("MCP " + kind);
        component.setProviderId("mcp-client-registration");
        component.setProviderType("org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy");
        component.setSubType(kind);
        component.setConfig(new MultivaluedHashMap<>());
        component.getConfig().addAll("https-redirect-hosts", "*.example.com", "*.example.net", "*.xn--80ak6aa92e.com");
        component.getConfig().addAll("private-use-schemes", "cursor");
        component.getConfig().putSingle("max-registrations-per-source", "0");
        try (Response response = realm.admin().components().add(component)) {
            assertThat(response.getStatus()).isEqualTo(201);
        }
    }

    /** Configures the executor {@code mcp-resource-indicator} for all MCP clients. */
    void policy(Map<String, String> configuration) {
        ClientPolicy.replace(realm.admin(), List.of(ClientPolicy.mcp(Map.of("mcp-resource-indicator", configuration))));
    }

    /** Registers a public client; returns its client id. */
    String register(String name, String... redirectUris) {
        return realm.oauth()
                .register("mcp", metadata(name, redirectUris))
                .expect(201)
                .get("client_id");
    }

    /** Registers a public client with an initial access token; returns its client id. */
    String registerInvited(String name, String... redirectUris) {
        String token = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        return realm.oauth()
                .postJson(
                        URI.create(realm.issuer() + "/clients-registrations/mcp"), metadata(name, redirectUris), token)
                .expect(201)
                .get("client_id");
    }

    private static Map<String, Object> metadata(String name, String... redirectUris) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", name);
        metadata.put("redirect_uris", List.of(redirectUris));
        metadata.put("grant_types", List.of("authorization_code", "refresh_token"));
        metadata.put("token_endpoint_auth_method", "none");
        return metadata;
    }

    /** A public client that an administrator made, with consent; returns its client id. */
    String application(String clientId, @Nullable String name, String... redirectUris) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setName(name);
        client.setPublicClient(true);
        client.setConsentRequired(true);
        client.setRedirectUris(List.of(redirectUris));
        client.setOptionalClientScopes(List.of(READ, DELETE, MAIL, "profile", "offline_access"));
        realm.add(client);
        return clientId;
    }

    /** Gives a server a role, until that is taken away. */
    Runnable role(String clientId, String name) {
        RolesResource roles = realm.admin()
                .clients()
                .get(realm.admin().clients().findByClientId(clientId).get(0).getId())
                .roles();
        RoleRepresentation role = new RoleRepresentation();
        role.setName(name);
        roles.create(role);
        return () -> roles.deleteRole(name);
    }

    void change(Consumer<RealmRepresentation> change) {
        RealmRepresentation settings = realm.admin().toRepresentation();
        change.accept(settings);
        realm.admin().update(settings);
    }

    void changeClient(String clientId, Consumer<ClientRepresentation> change) {
        ClientRepresentation client =
                realm.admin().clients().findByClientId(clientId).get(0);
        change.accept(client);
        realm.admin().clients().get(client.getId()).update(client);
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
        Authorization authorization = realm.oauth().authorize(request, browser);
        return authorization.asksForLogin() ? authorization.login("alice", "alice") : authorization;
    }
}
