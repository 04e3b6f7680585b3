package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.admin.client.resource.ProtocolMappersResource;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig;

/** Only the realm's own mappers say who acts and who may act, in tokens of all clients. */
@KeycloakTest
class ClaimForgeryIT {

    private static final String FORGED = "{\"sub\":\"forged\",\"client_id\":\"forged\"}";

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        UPConfig profile = mesh.admin().users().userProfile().getConfiguration();
        profile.setUnmanagedAttributePolicy(UPConfig.UnmanagedAttributePolicy.ENABLED);
        mesh.admin().users().userProfile().update(profile);
        UserRepresentation alice =
                mesh.admin().users().searchByUsername("alice", true).get(0);
        alice.setAttributes(new HashMap<>(Map.of("act", List.of(FORGED), "may_act", List.of(FORGED))));
        mesh.admin().users().get(alice.getId()).update(alice);
        Client plain = Client.confidential("plain", "plain")
                .redirects(REDIRECT)
                .defaults("basic")
                .optional("email")
                .mappers(DelegationRealm.audience("audience", "plain"));
        plain.setImplicitFlowEnabled(true);
        mesh.add(plain);
        // Keycloak answers tokens beside the code only where this is on.
        mesh.change("desk", desk -> desk.setImplicitFlowEnabled(true));
        String email = mesh.scopeId("email");
        mesh.clientResource("desk").addDefaultClientScope(email);
    }

    private static Map<String, String> everywhere(String claim, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "claim.name", claim,
                "jsonType.label", "JSON",
                "access.token.claim", "true",
                "lightweight.claim", "true",
                "id.token.claim", "true",
                "userinfo.token.claim", "true",
                "introspection.token.claim", "true"));
        config.putAll(more);
        return config;
    }

    private static Stream<ProtocolMapperRepresentation> forgers() {
        return Stream.of("act", "may_act")
                .flatMap(claim -> Stream.of(
                        mapper(
                                "hard-coded " + claim,
                                "oidc-hardcoded-claim-mapper",
                                everywhere(claim, Map.of("claim.value", FORGED))),
                        mapper(
                                "hard-coded " + claim + ".sub",
                                "oidc-hardcoded-claim-mapper",
                                everywhere(
                                        claim + ".sub", Map.of("claim.value", "forged", "jsonType.label", "String"))),
                        mapper(
                                "nested " + claim,
                                "oidc-hardcoded-claim-mapper",
                                everywhere(claim + ".act", Map.of("claim.value", FORGED))),
                        mapper(
                                "user attribute " + claim,
                                "oidc-usermodel-attribute-mapper",
                                everywhere(claim, Map.of("user.attribute", claim))),
                        mapper(
                                "user property " + claim,
                                "oidc-usermodel-property-mapper",
                                everywhere(claim, Map.of("user.attribute", "username", "jsonType.label", "String"))),
                        mapper(
                                "session note " + claim,
                                "oidc-usersessionmodel-note-mapper",
                                everywhere(
                                        claim, Map.of("user.session.note", "AUTH_TIME", "jsonType.label", "String"))),
                        mapper("full name " + claim, "oidc-claims-param-token-mapper", everywhere(claim, Map.of()))));
    }

    private static Reply signIn(String client, Form more) {
        return mesh.signInAt(client, "alice", more).expect(200);
    }

    private static JsonNode claims(String token) {
        return Jwt.decode(token).claims();
    }

    private static void assertNothingForged(Reply reply, String server) {
        assertThat(claims(reply.accessToken()).toString()).doesNotContain("forged");
        assertThat(claims(reply.accessToken()).path("may_act").isMissingNode()).isTrue();
        assertThat(claims(reply.get("id_token")).path("act").isMissingNode()).isTrue();
        assertThat(claims(reply.get("id_token")).path("may_act").isMissingNode())
                .isTrue();
        JsonNode introspected =
                mesh.oauth().introspect(as(server), reply.accessToken()).json();
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("act"))
                .isEqualTo(claims(reply.accessToken()).path("act"));
        assertThat(introspected.path("may_act").isMissingNode()).isTrue();
        assertNothingSaid(mesh.oauth().userInfo(reply.accessToken()).expect(200).json());
    }

    private static void assertNothingSaid(JsonNode claims) {
        assertThat(claims.path("sub").asText()).isNotBlank();
        assertThat(claims.path("act").isMissingNode()).as(claims.toString()).isTrue();
        assertThat(claims.path("may_act").isMissingNode()).as(claims.toString()).isTrue();
    }

    /** What a browser brings to the client beside the code, or instead of it. */
    private static Form frontChannel(String client, String responseType, Form more) {
        return mesh.oauth()
                .authorize(Form.of("client_id", client)
                        .with("response_type", responseType)
                        .with("redirect_uri", REDIRECT)
                        .with("nonce", "n")
                        .and(more))
                .as("alice", "alice")
                .callback();
    }

    @TestFactory
    @Tries("RFC8693-4.1-forge")
    Stream<DynamicTest> mappers_that_forge() {
        return forgers()
                // Nothing is asked of the last by the parameter that it reads.
                .filter(forger -> !forger.getName().contains("may_act")
                        || forger.getName().startsWith("full name"))
                .map(forger -> DynamicTest.dynamicTest(forger.getName(), () -> {
                    forge(forger, "desk", "crm", List.of("desk"));
                    forge(forger, "plain", "plain", List.of());
                }));
    }

    /** An administrator may restrict who acts by any mapper of Keycloak's, and permits nothing by it. */
    @TestFactory
    @Tries({"RFC8693-4.4-may-act", "RFC8693-4.1-forge"})
    Stream<DynamicTest> mappers_of_administrators_that_say_who_may_act_restrict() {
        return forgers()
                .filter(forger -> forger.getName().contains("may_act"))
                .filter(forger -> !forger.getName().startsWith("full name"))
                .map(forger -> DynamicTest.dynamicTest(forger.getName(), () -> {
                    restrict(forger, "desk", mesh -> mesh.signIn("alice", "gateway", "openid gateway:use"));
                    restrict(forger, "plain", mesh -> signIn("plain", Form.of("scope", "openid")));
                }));
    }

    private static void restrict(
            ProtocolMapperRepresentation forger, String client, Function<DelegationRealm, Reply> issuing) {
        Runnable undo = add(client, forger);
        try {
            Reply reply = issuing.apply(mesh);
            JsonNode said = claims(reply.accessToken()).path("may_act");
            assertThat(said.isMissingNode()).isFalse();
            assertThat(claims(reply.get("id_token")).path("may_act")).isEqualTo(said);
            assertNothingSaid(
                    mesh.oauth().userInfo(reply.accessToken()).expect(200).json());
            Reply refreshed = mesh.oauth().refresh(as(client), reply.refreshToken(), Form.empty());
            assertThat(claims(refreshed.accessToken()).path("may_act")).isEqualTo(said);
            if (client.equals("desk")) {
                assertThat(mesh.oauth()
                                .introspect(as("gateway"), reply.accessToken())
                                .json()
                                .path("may_act"))
                        .isEqualTo(said);
                assertThat(mesh.exchange("gateway", reply.accessToken(), "crm")
                                .expect(400)
                                .error())
                        .isEqualTo("invalid_request");
                assertThat(mesh.events().get(0).getDetails().get("mcp_reason"))
                        .isIn("may_act_mismatch", "may_act_malformed");
            }
        } finally {
            undo.run();
        }
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void whom_a_mapper_of_an_administrator_names_may_act_where_no_permission_is_asked_for() {
        ProtocolMapperRepresentation names = mapper(
                "hard-coded for the gateway",
                "oidc-hardcoded-claim-mapper",
                everywhere("may_act", Map.of("claim.value", "{\"client_id\":\"gateway\"}")));
        Runnable undo = add("desk", names);
        String token = mesh.direct("alice", "gateway");
        undo.run();
        assertThat(chain(mesh.exchange("gateway", token, "crm"))).containsExactly("gateway");
        mesh.policy(Map.of("require-may-act", "always"));
        Reply refused = mesh.exchange("gateway", token, "crm");
        mesh.policy(Map.of());
        assertThat(refused.expect(400).error()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_missing");
        Runnable undoMachine = add("gateway", names);
        assertThat(claims(mesh.machine("gateway", "crm")).has("may_act")).isFalse();
        undoMachine.run();
    }

    private static void forge(
            ProtocolMapperRepresentation forger, String client, String introspecting, List<String> expected) {
        Runnable undo = add(client, forger);
        try {
            Reply reply = client.equals("desk")
                    ? mesh.signIn("alice", "crm", "openid crm:use")
                    : signIn("plain", Form.of("scope", "openid"));
            assertThat(chain(reply)).isEqualTo(expected);
            assertNothingForged(reply, introspecting);
            Reply refreshed = mesh.oauth().refresh(as(client), reply.refreshToken(), Form.empty());
            assertThat(chain(refreshed)).isEqualTo(expected);
            assertNothingForged(refreshed, introspecting);
            Form front = frontChannel(
                    client,
                    "code id_token",
                    client.equals("desk")
                            ? Form.of("scope", "openid crm:use").with("resource", DelegationRealm.uri("crm"))
                            : Form.of("scope", "openid"));
            assertNothingSaid(claims(front.get("id_token")));
        } finally {
            undo.run();
        }
    }

    /** Who acts; who may act is a restriction. */
    private static ProtocolMapperRepresentation[] hardCoded() {
        return forgers()
                .filter(mapper -> mapper.getName().equals("hard-coded act"))
                .toArray(ProtocolMapperRepresentation[]::new);
    }

    /** Adds mappers to a client, for a while. */
    private static Runnable add(String client, ProtocolMapperRepresentation... added) {
        ProtocolMappersResource mappers = mesh.clientResource(client).getProtocolMappers();
        for (ProtocolMapperRepresentation mapper : added) {
            mappers.createMapper(mapper).close();
        }
        List<String> names =
                Stream.of(added).map(ProtocolMapperRepresentation::getName).toList();
        return () -> mappers.getMappers().stream()
                .filter(mapper -> names.contains(mapper.getName()))
                .forEach(mapper -> mappers.delete(mapper.getId()));
    }

    @Test
    @Tries({"RFC8693-4.1-forge", "ASI03-deputy"})
    void machine_tokens_never_have_an_actor() {
        Runnable undo = add("gateway", forgers().findFirst().orElseThrow());
        assertThat(claims(mesh.machine("gateway", "crm")).path("act").isMissingNode())
                .isTrue();
        Reply exchanged = mesh.exchange("gateway", mesh.direct("bob", "gateway"), "crm");
        undo.run();
        assertThat(chain(exchanged)).containsExactly("gateway");
        assertThat(claims(exchanged.accessToken()).path("act").path("sub").asText())
                .isEqualTo(mesh.serviceAccount("gateway"));
    }

    @Test
    void id_token_and_userinfo_by_the_usual_switches() {
        Runnable undo = add(
                "plain",
                forgers().findFirst().orElseThrow(),
                mapper("actor", "oidc-mcp-actor-mapper", everywhere("unused", Map.of())));
        Reply reply = signIn("plain", Form.of("scope", "openid"));
        JsonNode userInfo = mesh.oauth().userInfo(reply.accessToken()).json();
        undo.run();
        assertThat(chain(reply)).containsExactly("plain");
        assertThat(chain(claims(reply.get("id_token")).path("act"))).containsExactly("plain");
        assertThat(chain(userInfo.path("act"))).containsExactly("plain");
    }

    @Test
    void id_token_of_the_hybrid_flow_by_the_usual_switches() {
        Runnable undo = add(
                "plain",
                forgers().findFirst().orElseThrow(),
                mapper("actor", "oidc-mcp-actor-mapper", everywhere("unused", Map.of())),
                mapper("may act", "oidc-mcp-may-act-mapper", everywhere("unused", Map.of("actor", "gateway"))));
        JsonNode idToken = claims(frontChannel("plain", "code id_token", Form.of("scope", "openid"))
                .get("id_token"));
        undo.run();
        assertThat(chain(idToken.path("act"))).containsExactly("plain");
        assertThat(idToken.path("may_act").path("client_id").asText()).isEqualTo("gateway");
        assertThat(idToken.has("c_hash")).isTrue();
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void tokens_of_the_implicit_flow_let_nobody_forge() {
        Runnable undo = add("plain", hardCoded());
        Form front = frontChannel("plain", "id_token token", Form.of("scope", "openid"));
        undo.run();
        assertNothingSaid(claims(front.get("id_token")));
        assertNothingSaid(claims(front.get("access_token")));
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void signed_userinfo_lets_nobody_forge() {
        Runnable undo = add("plain", hardCoded());
        mesh.change("plain", c -> c.getAttributes().put("user.info.response.signature.alg", "RS256"));
        Reply reply = signIn("plain", Form.of("scope", "openid"));
        String signed = mesh.oauth().userInfo(reply.accessToken()).expect(200).body();
        mesh.change("plain", c -> c.getAttributes().put("user.info.response.signature.alg", ""));
        undo.run();
        assertNothingSaid(claims(signed));
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void introspection_as_a_token_lets_nobody_forge() {
        Runnable undo = add("plain", hardCoded());
        mesh.change(
                "plain", c -> c.getAttributes().put("client.introspection.response.allow.jwt.claim.enabled", "true"));
        Reply reply = signIn("plain", Form.of("scope", "openid"));
        ClientAuth asToken =
                (form, request, issuer) -> as("plain").apply(form, request.header("Accept", "application/jwt"), issuer);
        String answer = mesh.oauth()
                .introspect(asToken, reply.accessToken())
                .expect(200)
                .get("jwt");
        Reply foreign = mesh.oauth().introspect(asToken, mesh.machine("gateway", "crm"));
        undo.run();
        assertNothingSaid(claims(answer));
        assertThat(foreign.json().path("active").asBoolean()).isFalse();
        assertThat(foreign.find("jwt")).isEmpty();
    }

    @Test
    @Tries({"RFC9700-4.9.2", "RFC8693-6", "LLM02"})
    void userinfo_says_no_more_than_a_bound_token() {
        JsonNode full = mesh.oauth()
                .userInfo(signIn("plain", Form.of("scope", "openid email")).accessToken())
                .expect(200)
                .json();
        JsonNode bound = mesh.oauth()
                .userInfo(mesh.signIn("alice", "crm", "openid crm:use").accessToken())
                .expect(200)
                .json();
        assertThat(full.path("email").asText()).isEqualTo("alice@example.org");
        assertThat(bound.path("sub").asText()).isEqualTo(full.path("sub").asText());
        assertThat(bound.has("email")).isFalse();
    }

    @Test
    void a_client_that_did_not_opt_in_has_no_actor() {
        Reply reply = signIn("plain", Form.of("scope", "openid"));
        assertThat(claims(reply.accessToken()).path("act").isMissingNode()).isTrue();
    }

    @Test
    @Tries({"RFC8693-1.1-impersonation", "ASI10-trace"})
    void who_took_over_the_session_acted_first() {
        TakenOverSession session = TakenOverSession.of(mesh, "bob");
        String administrator = session.administrator();
        Reply tokens = session.signIn("gateway", "openid gateway:use");

        JsonNode act = claims(tokens.accessToken()).path("act");
        assertThat(chain(act)).containsExactly("desk", "security-admin-console");
        assertThat(act.path("act").path("sub").asText()).isEqualTo(administrator);
        JsonNode introspected =
                mesh.oauth().introspect(as("gateway"), tokens.accessToken()).json();
        assertThat(introspected.path("act")).isEqualTo(act);
        Reply refreshed = mesh.oauth().refresh(as("desk"), tokens.refreshToken(), Form.empty());
        assertThat(chain(refreshed)).containsExactly("desk", "security-admin-console");
        assertThat(mesh.oauth()
                        .introspect(as("gateway"), refreshed.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(claims(refreshed.accessToken()).path("act"));
        Reply exchanged = mesh.exchange("gateway", refreshed.accessToken(), "crm");
        assertThat(chain(exchanged)).containsExactly("gateway", "desk", "security-admin-console");
        assertThat(mesh.oauth()
                        .introspect(as("crm"), exchanged.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(claims(exchanged.accessToken()).path("act"));
    }
}
