package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/**
 * A client that registered itself, with protocol mappers that write names of its user, which the user chooses, into claims
 * that say whom a token is about and to whom it was issued. An administrator gave it the mappers here, as it may have had
 * them before registration refused them.
 */
@KeycloakTest
class SelfMadeIdentityIT {

    private static DelegationRealm mesh;
    private static String manager;

    /** Another in each test: a suspension stays with the client id. */
    private final String evil = "evil-" + OAuthClient.random(6);

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        manager = mesh.administrator("manager", "manage-clients", "view-events");
        mesh.add(Client.of("other").redirects(REDIRECT).optional("crm:use").defaults("basic"));
    }

    @BeforeEach
    void register() {
        mesh.oauth()
                .postJson(
                        URI.create(mesh.issuer() + "/clients-registrations/default"),
                        Map.of("clientId", evil, "secret", evil, "redirectUris", List.of(REDIRECT)),
                        mesh.admin()
                                .clientInitialAccess()
                                .create(new ClientInitialAccessCreatePresentation(60, 1))
                                .getToken())
                .expect(201);
        mesh.clientResource(evil).addOptionalClientScope(mesh.scopeId("crm:use"));
    }

    private static ProtocolMapperRepresentation property(String attribute, String claim) {
        Map<String, String> config = new HashMap<>(Map.of(
                "user.attribute", attribute,
                "claim.name", claim,
                "jsonType.label", "String"));
        for (String answer : List.of("access", "id", "userinfo", "introspection")) {
            config.put(answer.equals("userinfo") ? "userinfo.token.claim" : answer + ".token.claim", "true");
        }
        return mapper(attribute + " as " + claim, "oidc-usermodel-property-mapper", config);
    }

    private static void named(String firstName, String lastName) {
        var bob = mesh.admin().users().get(mesh.userId("bob"));
        var changed = bob.toRepresentation();
        changed.setFirstName(firstName);
        changed.setLastName(lastName);
        bob.update(changed);
    }

    private static JsonNode claims(String token) {
        return Jwt.decode(token).claims();
    }

    private void assertOfBob(Reply tokens) {
        String bob = mesh.userId("bob");
        tokens.expect(200);
        assertThat(claims(tokens.accessToken()).path("sub").asText()).isEqualTo(bob);
        assertThat(claims(tokens.get("id_token")).path("sub").asText()).isEqualTo(bob);
        assertThat(claims(tokens.get("id_token")).path("aud").asText()).isEqualTo(evil);
        assertThat(mesh.oauth()
                        .userInfo(tokens.accessToken())
                        .expect(200)
                        .json()
                        .path("sub")
                        .asText())
                .isEqualTo(bob);
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8693-4.1-forge", "RFC9700-4.15"})
    void aSelfRegisteredClientsMapperMakesNobodyAnotherUser() {
        mesh.addMapper(evil, property("lastName", "sub"));
        mesh.addMapper(evil, property("lastName", "sub.x"));
        mesh.addMapper(evil, property("firstName", "aud"));
        mesh.addMapper(evil, property("firstName", "scp"));
        named("crm", mesh.userId("alice"));
        Reply bound = mesh.signInAt(evil, "bob", target("crm", "openid crm:use"));
        assertOfBob(bound);
        assertThat(claims(bound.accessToken()).has("scp")).isFalse();
        JsonNode introspected =
                mesh.oauth().introspect(as("crm"), bound.accessToken()).json();
        assertThat(introspected.path("sub").asText()).isEqualTo(mesh.userId("bob"));
        assertThat(introspected.toString()).doesNotContain(mesh.userId("alice"));
        assertThat(claims(mesh.exchange("crm", bound.accessToken(), "tickets").accessToken())
                        .path("sub")
                        .asText())
                .isEqualTo(mesh.userId("bob"));
        Reply unbound = mesh.signInAt(evil, "bob", Form.of("scope", "openid"));
        assertOfBob(unbound);
        assertThat(Jwt.decode(unbound.accessToken()).audience()).doesNotContain("crm");
        mesh.addMapper(evil, DelegationRealm.audience("itself", evil));
        assertThat(mesh.oauth()
                        .introspect(ClientAuth.basic(evil, evil), unbound.accessToken())
                        .json()
                        .toString())
                .doesNotContain(mesh.userId("alice"));
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC9700-4.15", "RFC7591-5-privilege"})
    void aSelfRegisteredClientsMappersTellAServerNothing() {
        for (String claim : List.of("preferred_username", "email", "username", "upn", "family_name", "client.name")) {
            mesh.addMapper(evil, property("lastName", claim));
        }
        for (String claim : List.of("groups", "roles", "permissions", "entitlements", "active", "token_type")) {
            mesh.addMapper(evil, property("firstName", claim));
        }
        named("admin", "alice@example.org");
        Reply tokens =
                mesh.signInAt(evil, "bob", target("crm", "openid crm:use")).expect(200);
        JsonNode introspected =
                mesh.oauth().introspect(as("crm"), tokens.accessToken()).json();
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("username").asText("bob")).isEqualTo("bob");
        for (JsonNode said : List.of(
                claims(tokens.accessToken()),
                introspected,
                mesh.oauth().userInfo(tokens.accessToken()).expect(200).json())) {
            assertThat(said.toString()).doesNotContain("alice@example.org", "\"admin\"");
        }
    }

    @Test
    @Tries({"RFC8693-4.1-chain", "RFC8693-5-revocation", "RFC7591-5-stock"})
    void aClientWithoutTheActorMapperStaysInTheChainByARequestingPartyToken() {
        mesh.umaServer("uma");
        mesh.change("uma", uma -> uma.getAttributes().put("standard.token.exchange.enabled", "true"));
        mesh.clientResource(evil).removeDefaultClientScope(mesh.scopeId("mcp-actor"));
        // Without a scope of a server its tokens are bound to none.
        mesh.clientResource(evil).removeOptionalClientScope(mesh.scopeId("crm:use"));
        String token = mesh.signInAt(evil, "bob", Form.of("scope", "openid"))
                .expect(200)
                .accessToken();
        Reply permission = mesh.oauth()
                .token(
                        ClientAuth.bearer(token),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                .with("audience", "uma")
                                .with("permission", "thing"))
                .expect(200);
        assertThat(DelegationRealm.chain(permission)).containsExactly(evil);
        assertThat(DelegationRealm.chain(mesh.exchange("uma", permission.accessToken(), Form.empty())))
                .containsExactly("uma", evil);
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8693-5-revocation", "RFC8693-4.1-forge"})
    void aTokenThatNamesAnotherClientAsItsOwnDoesNotOutliveTheSuspension() {
        for (String claim : List.of("azp", "azp.x", "client_id", "sid", "jti.x", "iss.x")) {
            mesh.addMapper(evil, property("firstName", claim));
        }
        named("other", "Bob");
        Reply tokens = mesh.signInAt(evil, "bob", target("crm", "openid crm:use"));
        for (JsonNode said : List.of(
                claims(tokens.accessToken()),
                claims(tokens.get("id_token")),
                mesh.oauth().introspect(as("crm"), tokens.accessToken()).json(),
                claims(mesh.signInAt(evil, "bob", Form.of("scope", "openid")).accessToken()))) {
            assertThat(said.path("azp").asText()).as(said.toString()).isEqualTo(evil);
            assertThat(said.path("client_id").asText(evil)).as(said.toString()).isEqualTo(evil);
            assertThat(said.path("sid").asText("none")).isNotEqualTo("other");
            assertThat(said.path("jti").isTextual()).isTrue();
            assertThat(said.path("iss").isTextual()).isTrue();
        }
        mesh.oauth()
                .sendJson("PUT", mesh.adminUri("mcp/actors/" + evil + "/suspension"), "{\"reason\":\"evil\"}", manager)
                .expect(204);
        assertThat(mesh.oauth()
                        .introspect(as("crm"), tokens.accessToken())
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
        assertThat(mesh.oauth().userInfo(tokens.accessToken()).status()).isEqualTo(401);
        assertThat(mesh.exchange("crm", tokens.accessToken(), "tickets").status())
                .isEqualTo(400);
    }

    private static Reply registered(Map<String, Object> metadata) {
        return mesh.oauth()
                .postJson(
                        URI.create(mesh.issuer() + "/clients-registrations/default"),
                        metadata,
                        mesh.admin()
                                .clientInitialAccess()
                                .create(new ClientInitialAccessCreatePresentation(60, 1))
                                .getToken());
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8693-4.4-may-act", "RFC8693-4.1-chain"})
    void aClientCannotLeaveOutTheScopesThatSayWhoActsAndMayAct() {
        String mayAct = mesh.add(Scope.hidden(
                "who-may",
                mapper(
                        "may-act",
                        "oidc-mcp-may-act-mapper",
                        Map.of("access.token.claim", "true", "actor", "specialist"))));
        mesh.admin().addDefaultDefaultClientScope(mayAct);
        String id = evil + "-2";
        Reply created = registered(Map.of(
                        "clientId", id,
                        "secret", id,
                        "redirectUris", List.of(REDIRECT),
                        "defaultClientScopes", List.of("basic"),
                        "optionalClientScopes", List.of("who-may")))
                .expect(201);
        Reply changed = mesh.oauth()
                .sendJson(
                        "PUT",
                        URI.create(mesh.issuer() + "/clients-registrations/default/" + id),
                        "{\"clientId\":\"" + id + "\",\"defaultClientScopes\":[\"basic\"]}",
                        created.get("registrationAccessToken"));
        mesh.admin().removeDefaultDefaultClientScope(mayAct);
        for (Reply answer : List.of(created, changed.expect(200))) {
            assertThat(answer.json().path("defaultClientScopes").valueStream().map(JsonNode::asText))
                    .as(answer.toString())
                    .contains("basic", "mcp-actor", "who-may");
        }
        mesh.clientResource(id).addOptionalClientScope(mesh.scopeId("crm:use"));
        String token = mesh.signInAt(id, "bob", target("crm", "openid crm:use"))
                .expect(200)
                .accessToken();
        assertThat(claims(token).path("act").path("client_id").asText()).isEqualTo(id);
        assertThat(claims(token).path("may_act").path("client_id").asText()).isEqualTo("specialist");
        assertThat(mesh.exchange("crm", token, "tickets").status()).isEqualTo(400);
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8693-4.1-forge"})
    void nobodyRegistersUnderTheIdOfAnAccount() {
        for (String account : List.of(
                mesh.userId("bob"),
                mesh.server()
                        .admin()
                        .realm("master")
                        .users()
                        .searchByUsername("admin", true)
                        .get(0)
                        .getId())) {
            Reply refused = registered(Map.of("clientId", account));
            assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
            assertThat(refused.error()).isEqualTo("unauthorized_client");
            assertThat(mesh.admin().clients().findByClientId(account)).isEmpty();
        }
    }

    @Test
    @Tries({"RFC8693-4.1-chain", "RFC8693-5-revocation", "RFC7591-5-stock"})
    void aClientThatRegisteredWithoutTheActorMapperStaysInTheChain() {
        mesh.clientResource(evil).removeDefaultClientScope(mesh.scopeId("mcp-actor"));
        Reply tokens =
                mesh.signInAt(evil, "bob", target("crm", "openid crm:use")).expect(200);
        assertThat(claims(tokens.accessToken()).has("act")).isFalse();
        Reply refreshed = mesh.oauth()
                .refresh(as(evil), tokens.refreshToken(), Form.empty())
                .expect(200);
        Reply exchanged = mesh.exchange("crm", tokens.accessToken(), "tickets");
        assertThat(DelegationRealm.chain(exchanged)).containsExactly("crm", evil);
        assertThat(DelegationRealm.chain(mesh.exchange("crm", refreshed.accessToken(), "tickets")))
                .containsExactly("crm", evil);
        mesh.oauth()
                .sendJson("PUT", mesh.adminUri("mcp/actors/" + evil + "/suspension"), "{\"reason\":\"evil\"}", manager)
                .expect(204);
        assertThat(mesh.oauth()
                        .introspect(as("tickets"), exchanged.accessToken())
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void anAdministratorsMapperWritesTheSubjectButNeverTheClient() {
        Scope scope = Scope.hidden("employee", property("username", "sub"), property("username", "azp"));
        mesh.clientResource("desk").addDefaultClientScope(mesh.add(scope));
        Reply tokens = mesh.signIn("alice", target("crm", "openid crm:use")).expect(200);
        mesh.clientResource("desk").removeDefaultClientScope(mesh.scopeId("employee"));
        for (JsonNode said : List.of(
                claims(tokens.accessToken()),
                mesh.oauth().introspect(as("crm"), tokens.accessToken()).json())) {
            assertThat(said.path("sub").asText()).isEqualTo("alice");
            assertThat(said.path("azp").asText()).isEqualTo("desk");
        }
    }
}
