package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/**
 * Narrowing takes away scopes, roles, audiences and data about the person, never what restricts, proves or identifies,
 * whatever client scope it comes from. All scopes here show in tokens, as Keycloak makes new ones, and no server owns them.
 */
@KeycloakTest
class ProtectedClaimsIT {

    private static final Map<String, String> EVERYWHERE = Map.of(
            "access.token.claim", "true",
            "id.token.claim", "true",
            "userinfo.token.claim", "true",
            "introspection.token.claim", "true");

    private static DelegationRealm mesh;
    private static String actorScope;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        scope("only-specialist", mapper("may act", "oidc-mcp-may-act-mapper", everywhere("actor", "specialist")));
        scope(
                "proof",
                mapper("sub", "oidc-sub-mapper", EVERYWHERE),
                mapper("pairwise", "oidc-sha256-pairwise-sub-mapper", Map.of("pairwiseSubAlgorithmSalt", "salt")),
                mapper("acr", "oidc-acr-mapper", EVERYWHERE),
                mapper("amr", "oidc-amr-mapper", EVERYWHERE),
                mapper("nonce", "oidc-nonce-backwards-compatible-mapper", Map.of()),
                mapper("session", "oidc-session-state-mapper", EVERYWHERE),
                mapper(
                        "time",
                        "oidc-usersessionmodel-note-mapper",
                        claim("auth_time", Map.of("user.session.note", "AUTH_TIME", "jsonType.label", "long"))),
                mapper(
                        "email",
                        "oidc-usermodel-attribute-mapper",
                        claim("email", Map.of("user.attribute", "email", "jsonType.label", "String"))),
                mapper(
                        "department",
                        "oidc-hardcoded-claim-mapper",
                        claim("department", Map.of("claim.value", "secret", "jsonType.label", "String"))),
                DelegationRealm.audience("audience", "vault"));
        actorScope = scope("who-acts", mapper("actor", "oidc-mcp-actor-mapper", EVERYWHERE));
        scope(
                "forger",
                mapper("forged act", "oidc-hardcoded-claim-mapper", forged("act")),
                mapper("forged may_act", "oidc-hardcoded-claim-mapper", forged("may_act")),
                mapper("forged binding", "oidc-hardcoded-claim-mapper", forged("mcp_resource")));
    }

    private static String scope(String name, ProtocolMapperRepresentation... mappers) {
        Scope scope = Scope.named(name);
        scope.setProtocolMappers(List.of(mappers));
        return mesh.add(scope);
    }

    private static Map<String, String> everywhere(String key, String value) {
        Map<String, String> config = new HashMap<>(EVERYWHERE);
        config.put(key, value);
        return config;
    }

    private static Map<String, String> claim(String name, Map<String, String> more) {
        Map<String, String> config = everywhere("claim.name", name);
        config.putAll(more);
        return config;
    }

    private static Map<String, String> forged(String claim) {
        return claim(claim, Map.of("claim.value", "{\"client_id\":\"forged\"}", "jsonType.label", "JSON"));
    }

    @AfterEach
    void takeBack() {
        for (String name : List.of("only-specialist", "proof", "who-acts", "forger")) {
            mesh.clientResource("desk").removeDefaultClientScope(mesh.scopeId(name));
            mesh.clientResource("desk").removeOptionalClientScope(mesh.scopeId(name));
        }
    }

    private static void byDefault(String scope) {
        mesh.clientResource("desk").addDefaultClientScope(mesh.scopeId(scope));
    }

    private static void onDemand(String scope) {
        mesh.clientResource("desk").addOptionalClientScope(mesh.scopeId(scope));
    }

    private static JsonNode claims(String token) {
        return Jwt.decode(token).claims();
    }

    private static void assertOnlySpecialistMayAct(String token) {
        assertThat(claims(token).path("may_act").path("client_id").asText()).isEqualTo("specialist");
        Reply refused = mesh.exchange("gateway", token, "crm");
        assertThat(refused.error()).as(refused.toString()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void exchangeThatMayActForbidsIsRefusedWhateverScopeTheMapperIsOf() {
        byDefault("only-specialist");
        assertOnlySpecialistMayAct(mesh.direct("alice", "gateway"));
        Reply signedIn = mesh.signIn("alice", "gateway", "openid gateway:use offline_access");
        assertOnlySpecialistMayAct(signedIn.accessToken());
        assertOnlySpecialistMayAct(mesh.oauth()
                .refresh(as("desk"), signedIn.refreshToken(), Form.of("scope", "gateway:use"))
                .expect(200)
                .accessToken());
    }

    @Test
    @Tries({"RFC8693-4.4-may-act", "RFC8693-5-laundering"})
    void refreshingDoesNotShedMayActOfAnOptionalScope() {
        onDemand("only-specialist");
        for (String scope : List.of("gateway:use only-specialist", "gateway:use only-specialist offline_access")) {
            Reply signedIn = mesh.signIn("alice", "gateway", scope);
            assertOnlySpecialistMayAct(signedIn.accessToken());
            Reply refreshed = mesh.oauth()
                    .refresh(as("desk"), signedIn.refreshToken(), Form.empty())
                    .expect(200);
            assertOnlySpecialistMayAct(refreshed.accessToken());
            assertThat(Jwt.decode(refreshed.accessToken()).text("scope")).doesNotContain("only-specialist");
        }
    }

    @Test
    void refreshWorksAlthoughTheUserWasNotAskedAboutTheScopeOfTheMapper() {
        onDemand("only-specialist");
        Runnable undo = mesh.change("desk", desk -> desk.setConsentRequired(true));
        Reply tokens = mesh.oauth()
                .code(
                        as("desk"),
                        mesh.oauth()
                                .authorize(Form.of("client_id", "desk")
                                        .with("redirect_uri", DelegationRealm.REDIRECT)
                                        .and(target("gateway", "gateway:use only-specialist")))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        assertOnlySpecialistMayAct(tokens.accessToken());
        mesh.oauth().refresh(as("desk"), tokens.refreshToken(), Form.empty()).expect(200);
        undo.run();
    }

    private static void assertProven(JsonNode claims, String subject) {
        assertThat(claims.path("sub").asText()).isEqualTo(subject).isNotEqualTo(mesh.userId("alice"));
        assertThat(claims.path("auth_time").asLong()).isPositive();
        assertThat(claims.has("acr")).isTrue();
        assertThat(claims.path("amr").isArray()).isTrue();
        assertThat(claims.path("nonce").asText()).isEqualTo("once");
        assertThat(claims.path("session_state").asText()).isNotBlank();
        assertThat(claims.has("email")).as("data about the person").isFalse();
        assertThat(claims.has("department")).as("data about the person").isFalse();
        assertThat(claims.path("aud").asText()).isEqualTo(DelegationRealm.uri("crm"));
        assertThat(claims.path("scope").asText()).doesNotContain("proof");
    }

    private void assertSubjectAndProofStay() {
        Reply tokens = mesh.signIn(
                "alice",
                target("crm", "openid crm:use proof").with("nonce", "once").with("acr_values", "1"));
        String token = tokens.expect(200).accessToken();
        String subject = claims(tokens.get("id_token")).path("sub").asText();
        assertProven(claims(token), subject);
        assertProven(mesh.oauth().introspect(as("crm"), token).json(), subject);
        JsonNode userInfo = mesh.oauth().userInfo(token).expect(200).json();
        assertThat(userInfo.path("sub").asText()).isEqualTo(subject);
        assertThat(userInfo.has("email")).isFalse();
        Reply refreshed = mesh.oauth()
                .refresh(as("desk"), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertProven(claims(refreshed.accessToken()), subject);
    }

    @Test
    @Tries({"RFC9700-4.10.1", "RFC8693-6"})
    void subjectAndProofOfADefaultScopeStay() {
        byDefault("proof");
        assertSubjectAndProofStay();
    }

    @Test
    @Tries("RFC8693-6")
    void subjectAndProofOfAnOptionalScopeStayAndIntrospectionNeverTellsTheIdBehindAPairwiseSubject() {
        onDemand("proof");
        assertSubjectAndProofStay();
    }

    @Test
    @Tries({"RFC8693-1.1-impersonation", "RFC8693-4.1-chain"})
    void theActorIsStampedByAMapperOfAnyScope() {
        Runnable undo = mesh.withoutActorMapper("desk");
        mesh.clientResource("desk").addDefaultClientScope(actorScope);
        Reply tokens = mesh.signIn("alice", "gateway", "gateway:use");
        assertThat(chain(tokens)).containsExactly("desk");
        assertThat(chain(mesh.exchange("gateway", tokens.accessToken(), "crm"))).containsExactly("gateway", "desk");
        undo.run();
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void aMapperOfAScopeThatTheTargetDoesNotOwnForgesNeitherActorsNorTheTarget() {
        byDefault("forger");
        Reply tokens = mesh.signIn("alice", "crm", "openid crm:use");
        for (JsonNode claims : List.of(
                claims(tokens.accessToken()),
                claims(tokens.get("id_token")),
                mesh.oauth().introspect(as("crm"), tokens.accessToken()).json(),
                mesh.oauth().userInfo(tokens.accessToken()).expect(200).json())) {
            assertThat(claims.path("act").toString() + claims.path("mcp_resource"))
                    .doesNotContain("forged");
        }
        // A mapper of the administrator's restricts.
        assertThat(claims(tokens.accessToken()).path("may_act").toString()).isEqualTo("{\"client_id\":\"forged\"}");
        assertThat(chain(tokens)).containsExactly("desk");
        assertThat(claims(tokens.accessToken()).path("mcp_resource").asText()).isEqualTo(DelegationRealm.uri("crm"));
    }
}
