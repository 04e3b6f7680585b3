package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.OrganizationDomainRepresentation;
import org.keycloak.representations.idm.OrganizationRepresentation;

/** Bound tokens in Keycloak's other forms: lightweight, with pairwise subjects, with signed userinfo, of organizations. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenFormsIT {

    private Mesh mesh;
    private String alice;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.change("app", app -> app.setDirectAccessGrantsEnabled(true));
        alice = mesh.userId("alice");
        mesh.grant(alice, "billing", "billing-user");
        realm.settings(settings -> settings.setOrganizationsEnabled(true));
        OrganizationRepresentation acme = new OrganizationRepresentation();
        acme.setName("acme");
        acme.setAlias("acme");
        acme.addDomain(new OrganizationDomainRepresentation("acme.example"));
        mesh.admin().organizations().create(acme).close();
        String id = mesh.admin().organizations().list(0, 1).get(0).getId();
        mesh.admin().organizations().get(id).members().addMember(alice).close();
    }

    /** By password: the login page asks for the name first where there are organizations. */
    private Reply signIn(String client, String scope) {
        return mesh.oauth()
                .token(
                        ClientAuth.none(client),
                        Form.password("alice", "alice").with("scope", scope).with("resource", CRM))
                .expect(200);
    }

    private JsonNode introspected(Reply tokens) {
        return mesh.oauth().introspect(secret("crm"), tokens.accessToken()).json();
    }

    private void assertNothingBut(JsonNode claims, String... absent) {
        for (String claim : absent) {
            assertThat(claims.has(claim)).as(claim + " in " + claims).isFalse();
        }
    }

    @Test
    @Tries({"RFC8693-6", "RFC9700-2.3"})
    void signedUserInfoSaysNoMoreThanTheBoundToken() {
        mesh.add(Mesh.application("signed")
                .directAccess()
                .fullScope(true)
                .defaults("basic", "roles", "profile", "email")
                .optional("crm:read")
                .attribute("user.info.response.signature.alg", "RS256"));
        Reply tokens = signIn("signed", "openid crm:read");
        Jwt userInfo = Jwt.decode(
                mesh.oauth().userInfo(tokens.accessToken()).expect(200).body());
        assertThat(userInfo.text("sub")).isEqualTo(alice);
        assertNothingBut(userInfo.claims(), "email", "name", "realm_access", "resource_access");
    }

    @Test
    @Tries("RFC8693-6")
    void lightweightTokensWithPairwiseSubjectsTellNobodyTheUsersId() {
        mesh.add(Mesh.application("pairwise")
                .directAccess()
                .fullScope(true)
                .defaults("basic", "roles", "profile", "email")
                .optional("crm:read")
                .attribute("client.use.lightweight.access.token.enabled", "true")
                .mappers(Scope.mapper(
                        "pairwise", "oidc-sha256-pairwise-sub-mapper", Map.of("pairwiseSubAlgorithmSalt", "salt"))));
        Reply tokens = signIn("pairwise", "openid crm:read");
        Reply refreshed = mesh.oauth()
                .refresh(ClientAuth.none("pairwise"), tokens.refreshToken(), Form.empty())
                .expect(200);
        String subject = Jwt.decode(tokens.get("id_token")).text("sub");
        for (Reply reply : List.of(tokens, refreshed)) {
            assertThat(Jwt.decode(reply.accessToken()).claims().toString()).doesNotContain(alice);
            JsonNode claims = introspected(reply);
            assertThat(claims.path("active").asBoolean()).isTrue();
            assertThat(claims.path("sub").asText()).isEqualTo(subject);
            assertThat(claims.toString()).doesNotContain(alice);
            assertNothingBut(claims, "email", "name", "realm_access");
            assertThat(claims.path("resource_access").has("billing")).isFalse();
        }
    }

    @Test
    @Tries({"RFC8693-6", "MCP-scope-minimization-all"})
    void theOrganizationsOfAPersonAreNoServersBusiness() {
        mesh.clientResource("app").addOptionalClientScope(mesh.scopeId("organization"));
        for (String scope : List.of("openid crm:read organization", "openid crm:read organization:acme")) {
            Reply tokens = signIn("app", scope);
            Reply refreshed = mesh.oauth()
                    .refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.empty())
                    .expect(200);
            for (Reply reply : List.of(tokens, refreshed)) {
                assertNothingBut(Jwt.decode(reply.accessToken()).claims(), "organization");
                assertNothingBut(introspected(reply), "organization");
                assertNothingBut(
                        mesh.oauth().userInfo(reply.accessToken()).expect(200).json(), "organization");
                assertThat(Jwt.decode(reply.accessToken()).text("scope")).doesNotContain("organization");
            }
        }
    }
}
