package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;

/** A client that registered at an endpoint of Keycloak's own, by which it says of itself what it likes. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SelfDeclaredClientIT {

    private static final String MARK = "mcp.self-registered";

    private ConsentRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = ConsentRealm.in(empty);
    }

    private Reply register(String clientId, UnaryOperator<Map<String, Object>> more) {
        String invitation = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        Map<String, Object> body = new HashMap<>(Map.of(
                "clientId",
                clientId,
                "name",
                "${mcpHowAdmin}",
                "redirectUris",
                List.of(CALLBACK),
                "publicClient",
                true,
                "consentRequired",
                true,
                "baseUrl",
                "https://evil.example/",
                "protocolMappers",
                List.of(Scope.mapper(
                        "mail",
                        "oidc-usermodel-property-mapper",
                        Map.of(
                                "user.attribute",
                                "username",
                                "claim.name",
                                "mail",
                                "jsonType.label",
                                "String",
                                "access.token.claim",
                                "true",
                                "id.token.claim",
                                "true",
                                "introspection.token.claim",
                                "true")))));
        Reply registered = realm.oauth()
                .postJson(URI.create(realm.issuer() + "/clients-registrations/default"), more.apply(body), invitation)
                .expect(201);
        realm.clientResource(clientId).addOptionalClientScope(realm.scopeId(READ));
        return registered;
    }

    private static UnaryOperator<Map<String, Object>> nothing() {
        return body -> body;
    }

    /** As Keycloak exports a client, which is without its registration access token. */
    private void exportAndImport(String clientId) {
        ClientRepresentation exported = realm.admin().partialExport(false, true).getClients().stream()
                .filter(client -> clientId.equals(client.getClientId()))
                .findFirst()
                .orElseThrow();
        PartialImportRepresentation imported = new PartialImportRepresentation();
        imported.setIfResourceExists("OVERWRITE");
        imported.setClients(List.of(exported));
        try (Response response = realm.admin().partialImport(imported)) {
            assertThat(response.getStatus()).isEqualTo(200);
        }
    }

    @Test
    @Tries({"RFC7591-5-imitation", "RFC7591-5-stock", "MCP-confused-deputy-page"})
    void anExportAndAnImportMakeItNoAdministrators() {
        register("imported", nothing());
        exportAndImport("imported");
        Authorization page = realm.ask(new Browser(), "imported", CALLBACK, "openid " + READ, SERVER);
        Element shown = page.page().document();
        assertThat(shown.select("#mcp-client-name").text()).isEqualTo("${mcpHowAdmin}");
        assertThat(shown.select("#mcp-client-origin").text())
                .contains("chose this name itself")
                .doesNotContain("administrator");
        Reply tokens = realm.oauth()
                .code(ClientAuth.none("imported"), page.consent(true), Form.empty())
                .expect(200);
        assertThat(Jwt.decode(tokens.accessToken()).claims().has("mail")).isFalse();
    }

    @Test
    @Tries("RFC7591-5-stock")
    void itNeitherWritesNorTakesAwayItsMark() {
        Reply registered = register("marked", nothing());
        String token = registered.get("registrationAccessToken");
        URI itself = URI.create(realm.issuer() + "/clients-registrations/default/marked");
        assertThat(realm.client("marked").getAttributes()).containsKey(MARK);
        assertThat(realm.oauth()
                        .sendJson("PUT", itself, Map.of("clientId", "marked", "attributes", Map.of(MARK, "")), token)
                        .status())
                .isEqualTo(403);
        realm.oauth()
                .sendJson("PUT", itself, Map.of("clientId", "marked", "attributes", Map.of("x", "y")), token)
                .expect(200);
        assertThat(realm.client("marked").getAttributes()).containsKey(MARK);
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8707-2-smuggle"})
    void itsOwnMappersWriteNothingForABoundLoginAtTheAuthorizationEndpointEither() {
        register("hybrid", body -> {
            body.put("implicitFlowEnabled", true);
            return body;
        });
        Authorization done = realm.ask(
                        new Browser(),
                        ConsentRealm.request("hybrid", CALLBACK, "openid " + READ, SERVER)
                                .with("response_type", "code id_token")
                                .with("nonce", "n"))
                .as("alice", "alice");
        Jwt idToken = Jwt.decode(done.callback().get("id_token"));
        assertThat(idToken.claims().has("sub")).isTrue();
        assertThat(idToken.claims().has("mail")).isFalse();
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC7591-5-links"})
    void itsAddressIsNoLinkOnThePageOfALogout() {
        register("linked", nothing());
        Element page = realm.oauth()
                .open(URI.create(realm.oauth().endpoint("logout") + "?client_id=linked"), new Browser())
                .page()
                .document();
        assertThat(page.text()).containsIgnoringCase("log");
        assertThat(page.select("a[href*=evil]")).isEmpty();
    }
}
