package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** Keycloak's JWT authorization grant (RFC 7523), which any client may use that is allowed an issuer. */
@KeycloakTest
class AssertionGrantIT {

    private static final String ISSUER = "https://issuer.example.com";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private static DelegationRealm mesh;
    private static RSAKey key;

    @BeforeAll
    static void create(TestRealm realm) throws JOSEException {
        mesh = DelegationRealm.create(realm);
        key = new RSAKeyGenerator(2048).generate();
        trust("company", ISSUER, Map.of("publicKeySignatureVerifier", publicKey()), "alice-at-work");
        trust(
                "itself",
                mesh.issuer().toString(),
                Map.of(
                        "useJwksUrl",
                        "true",
                        "jwksUrl",
                        mesh.oauth().endpoint("certs").toString()),
                mesh.userId("alice"));
        mesh.add(redeeming(DelegationRealm.agent("redeemer")));
        // No policy matches it, as it has nothing to do with MCP servers.
        mesh.add(
                redeeming(Client.confidential("stock", "stock").fullScope(false).defaults("basic")));
        mesh.add(Client.confidential("light", "light")
                .redirects(REDIRECT)
                .fullScope(false)
                .defaults("mcp-actor")
                .attribute("client.use.lightweight.access.token.enabled", "true")
                .attribute("access.token.lifespan", "200")
                .mappers(
                        Scope.mapper(
                                "subject",
                                "oidc-sub-mapper",
                                Map.of("access.token.claim", "true", "lightweight.claim", "true")),
                        Scope.mapper(
                                "for the realm",
                                "oidc-audience-mapper",
                                Map.of(
                                        "included.custom.audience",
                                        mesh.issuer().toString(),
                                        "access.token.claim",
                                        "true",
                                        "lightweight.claim",
                                        "true"))));
    }

    @AfterEach
    void defaults() {
        mesh.policy(Map.of());
    }

    private static Client redeeming(Client client) {
        return client.attribute("oauth2.jwt.authorization.grant.enabled", "true")
                .attribute("oauth2.jwt.authorization.grant.idp", "company##itself");
    }

    private static String publicKey() throws JOSEException {
        return Base64.getEncoder().encodeToString(key.toPublicKey().getEncoded());
    }

    private static void trust(String alias, String issuer, Map<String, String> keys, String subject) {
        IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
        provider.setAlias(alias);
        provider.setProviderId("jwt-authorization-grant");
        provider.setEnabled(true);
        provider.setConfig(new HashMap<>(keys));
        provider.getConfig().put("issuer", issuer);
        provider.getConfig().put("jwtAuthorizationGrantEnabled", "true");
        mesh.admin().identityProviders().create(provider).close();
        FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
        link.setIdentityProvider(alias);
        link.setUserId(subject);
        link.setUserName("alice");
        mesh.admin()
                .users()
                .get(mesh.userId("alice"))
                .addFederatedIdentity(alias, link)
                .close();
    }

    /** An assertion for alice, made now. */
    private static String assertion(@Nullable String type, Map<String, Object> claims) {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256);
        if (type != null) {
            header.type(new JOSEObjectType(type));
        }
        JWTClaimsSet.Builder all = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("alice-at-work")
                .audience(mesh.issuer().toString())
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plusSeconds(120)));
        claims.forEach(all::claim);
        SignedJWT jwt = new SignedJWT(header.build(), all.build());
        try {
            jwt.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    private static Reply redeem(String client, String assertion, Form more) {
        return mesh.oauth()
                .token(
                        as(client),
                        Form.of("grant_type", GRANT)
                                .with("assertion", assertion)
                                .and(more));
    }

    private static Reply redeem(@Nullable String type, Map<String, Object> claims) {
        return redeem("redeemer", assertion(type, claims), target("crm"));
    }

    @Test
    @Tries("RFC8693-5-consent")
    void what_the_user_allowed_for_one_server_is_redeemed_for_that_one() {
        mesh.add(Scope.named("hobbies").onConsentPage("Know your hobbies"));
        mesh.add(redeeming(Client.confidential("asking", "asking"))
                .redirects(REDIRECT)
                .consent()
                .fullScope(false)
                .defaults("basic", "hobbies")
                .optional("crm:use", "tickets:use"));
        assertThat(redeem("asking", assertion("JWT", Map.of()), target("crm", "crm:use"))
                        .status())
                .as("nobody was asked")
                .isEqualTo(400);

        Authorization page = mesh.oauth()
                .authorize(Form.of("client_id", "asking")
                        .with("redirect_uri", REDIRECT)
                        .and(target("crm", "crm:use")))
                .login("alice", "alice");
        assertThat(page.asksForConsent()).isTrue();
        page.consent(true);

        Reply token = redeem("asking", assertion("JWT", Map.of()), target("crm", "crm:use"))
                .expect(200);
        assertThat(Jwt.decode(token.accessToken()).scopes()).containsExactly("crm:use");
        Reply elsewhere = redeem("asking", assertion("JWT", Map.of()), target("tickets", "tickets:use"));
        assertThat(elsewhere.status()).as(elsewhere.toString()).isEqualTo(400);
        assertThat(elsewhere.error()).isEqualTo("invalid_scope");
        assertThat(elsewhere.errorDescription()).contains("has not allowed");
        assertThat(elsewhere.find("access_token")).isEmpty();
        Reply withoutScope = redeem("asking", assertion("JWT", Map.of()), target("tickets"));
        assertThat(withoutScope.error()).as(withoutScope.toString()).isEqualTo("invalid_scope");
        redeem("asking", assertion("JWT", Map.of()), target("crm")).expect(200);
    }

    @Test
    void assertions_as_the_specifications_have_them_are_redeemed() {
        Map<String, Object> own = Map.of("client_id", "redeemer");
        assertThat(chain(redeem("oauth-id-jag+jwt", own))).containsExactly("redeemer");
        assertThat(chain(redeem("JWT", own))).containsExactly("redeemer");
        assertThat(chain(redeem("authorization-grant+jwt", own))).containsExactly("redeemer");
        // RFC 7523 knows neither typ nor client_id.
        assertThat(chain(redeem(null, Map.of()))).containsExactly("redeemer");
        assertThat(chain(redeem("JWT", Map.of("typ", "Bearer", "azp", "its-name-at-the-issuer"))))
                .containsExactly("redeemer");
    }

    private static DynamicTest refused(
            String name, String error, String reason, @Nullable String type, Map<String, Object> claims) {
        return Attack.attack(mesh, name, error, reason, () -> {
            String assertion = assertion(type, claims);
            return () -> redeem("redeemer", assertion, target("crm"));
        });
    }

    @TestFactory
    @Tries({"RFC7523-6-other-client", "IDJAG-4.4-client", "IDJAG-4.4-typ", "IDJAG-8.6"})
    Stream<DynamicTest> assertions_of_others_and_other_tokens_are_refused() {
        Map<String, Object> own = Map.of("client_id", "redeemer");
        return Stream.of(
                refused(
                        "another client's assertion",
                        "invalid_grant",
                        "grant_assertion_client",
                        "JWT",
                        Map.of("client_id", "gateway")),
                refused(
                        "another client's identity assertion",
                        "invalid_grant",
                        "grant_assertion_client",
                        "oauth-id-jag+jwt",
                        Map.of("client_id", "gateway")),
                refused(
                        "an identity assertion of nobody",
                        "invalid_grant",
                        "grant_assertion_client",
                        "oauth-id-jag+jwt",
                        Map.of()),
                refused(
                        "a token that another client of the realm got",
                        "invalid_grant",
                        "grant_assertion_client",
                        "JWT",
                        Map.of("azp", "gateway")),
                refused(
                        "client ids in a list",
                        "invalid_grant",
                        "grant_assertion_client",
                        "JWT",
                        Map.of("client_id", List.of("redeemer", "gateway"))),
                refused("an access token", "invalid_grant", "grant_assertion_type", "at+jwt", own),
                refused("a logout token", "invalid_grant", "grant_assertion_type", "logout+jwt", own),
                refused(
                        "a client's authentication",
                        "invalid_grant",
                        "grant_assertion_type",
                        "client-authentication+jwt",
                        own),
                refused(
                        "an ID token",
                        "invalid_grant",
                        "grant_assertion_type",
                        "JWT",
                        Map.of("client_id", "redeemer", "nonce", "n")),
                refused(
                        "Keycloak's ID token",
                        "invalid_grant",
                        "grant_assertion_type",
                        "JWT",
                        Map.of("client_id", "redeemer", "typ", "ID")),
                refused(
                        "Keycloak's refresh token",
                        "invalid_grant",
                        "grant_assertion_type",
                        "JWT",
                        Map.of("client_id", "redeemer", "typ", "Refresh")),
                refused(
                        "a security event",
                        "invalid_grant",
                        "grant_assertion_type",
                        "JWT",
                        Map.of("client_id", "redeemer", "events", Map.of())),
                refused(
                        "claims that are of another form",
                        "invalid_grant",
                        "grant_assertion_type",
                        "JWT",
                        Map.of("client_id", "redeemer", "realm_access", "all")),
                refused(
                        "bound to a key that nobody proves",
                        "invalid_grant",
                        "grant_assertion_unproven",
                        "JWT",
                        Map.of(
                                "client_id",
                                "redeemer",
                                "cnf",
                                Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"))),
                refused(
                        "for another server",
                        "invalid_grant",
                        "",
                        "JWT",
                        Map.of("client_id", "redeemer", "aud", "https://elsewhere.example.com")),
                refused(
                        "of a delegated token",
                        "invalid_grant",
                        "delegation_laundered",
                        "JWT",
                        Map.of("client_id", "redeemer", "act", Map.of("sub", "gateway"))),
                refused(
                        "of a lightweight token elsewhere",
                        "invalid_grant",
                        "delegation_laundered",
                        "JWT",
                        Map.of("client_id", "redeemer", "jti", "onltac:" + UUID.randomUUID())),
                refused(
                        "scopes that it does not hold",
                        "invalid_scope",
                        "grant_assertion_scope",
                        "JWT",
                        Map.of("client_id", "redeemer", "scope", "tickets:use")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b.c",
                "bnVsbA.bnVsbA.AA",
                "bnVsbA.e30.AA",
                "eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA",
                "e30.W10.AA",
                "e30.e30.AA",
                "..",
                " "
            })
    @Tries({"RFC7523-3-signature", "ASI07"})
    void garbage_is_no_assertion(String assertion) {
        for (String client : List.of("redeemer", "stock")) {
            Reply reply = redeem(client, assertion, Form.empty());
            assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
            assertThat(reply.error()).isIn("invalid_grant", "invalid_request");
        }
    }

    @Test
    @Tries({"RFC7521-8-scope", "IDJAG-4.4-scope"})
    void a_token_holds_no_scope_that_the_assertion_does_not() {
        mesh.clientResource("redeemer").addDefaultClientScope(mesh.scopeId("crm:admin"));
        Map<String, Object> claims = Map.of("client_id", "redeemer", "scope", "crm:use openid");
        Reply reply = redeem(
                "redeemer",
                assertion("JWT", claims),
                Form.of("scope", "crm:use tickets:use").with("resource", uri("crm")));
        mesh.clientResource("redeemer").removeDefaultClientScope(mesh.scopeId("crm:admin"));
        assertThat(Jwt.decode(reply.expect(200).accessToken()).scopes()).containsExactly("crm:use");
        assertThat(reply.get("scope")).isEqualTo("crm:use");
        Reply identity = redeem(
                "redeemer",
                assertion("JWT", Map.of("client_id", "redeemer", "scope", "crm:use")),
                Form.of("scope", "openid crm:use").with("resource", uri("crm")));
        assertThat(identity.expect(200).find("id_token")).isEmpty();
    }

    @Test
    void a_client_under_no_policy_redeems_as_keycloak_has_it() {
        Map<String, Object> others = Map.of("client_id", "gateway", "scope", "nothing");
        Reply reply = redeem("stock", assertion("at+jwt", others), Form.empty()).expect(200);
        assertThat(Jwt.decode(reply.accessToken()).claims().has("act")).isFalse();
    }

    @Test
    void a_policy_that_reports_says_what_would_be_denied() {
        Map<String, Map<String, ?>> reporting = new HashMap<>();
        List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation")
                .forEach(id -> reporting.put(id, Map.of("enforcement", "report")));
        mesh.executors(reporting);
        Reply reply = redeem("JWT", Map.of("client_id", "gateway")).expect(200);
        assertThat(Jwt.decode(reply.accessToken()).claims().has("act")).isFalse();
        assertThat(mesh.admin()
                        .getEvents(List.of("JWT_AUTHORIZATION_GRANT"), null, null, null, null, null, 0, 1)
                        .get(0)
                        .getDetails())
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "grant_assertion_client");
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC7523-6-own-token"})
    void a_lightweight_token_that_leaves_its_actor_out_is_no_assertion() {
        String token = mesh.signInAt("light", "alice", Form.of("scope", "openid"))
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(token).claims().has("act")).isFalse();
        for (String client : List.of("redeemer", "stock")) {
            Reply reply = redeem(client, token, client.equals("stock") ? Form.empty() : target("crm"));
            assertThat(reply.error()).as(reply.toString()).isEqualTo("invalid_grant");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "delegation_laundered");
        }
    }

    @Test
    @Tries({"RFC8693-5-revocation", "ASI10-stop"})
    void to_suspend_the_client_stops_what_came_of_its_assertion() {
        String redeemed = redeem("redeemer", assertion("JWT", Map.of("client_id", "redeemer")), target("gateway"))
                .expect(200)
                .accessToken();
        String hop = mesh.exchange("gateway", redeemed, "crm").expect(200).accessToken();
        assertThat(chain(Jwt.decode(hop).claims().path("act"))).containsExactly("gateway", "redeemer");
        assertThat(active(hop)).isTrue();
        mesh.change("redeemer", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));
        boolean afterwards = active(hop);
        Reply next = mesh.exchange("crm", hop, "tickets");
        mesh.change("redeemer", client -> client.getAttributes().put("mcp.suspended", ""));
        assertThat(afterwards).isFalse();
        assertThat(next.error()).isEqualTo("invalid_request");
    }

    @Test
    @Tries({"RFC8693-5-laundering", "IDJAG-8.5"})
    void the_client_goes_on_acting_when_it_exchanges_what_it_redeemed() {
        mesh.change("redeemer", client -> client.getAttributes().put("resource_url", uri("redeemer")));
        mesh.change("redeemer", client -> client.getAttributes().put("mcp.scopes", "vault:use"));
        String redeemed = redeem(
                        "redeemer",
                        assertion("JWT", Map.of("client_id", "redeemer")),
                        Form.of("resource", uri("redeemer")).with("scope", "vault:use"))
                .expect(200)
                .accessToken();
        Reply exchanged = mesh.exchange("redeemer", redeemed, "crm");
        mesh.change("redeemer", client -> client.getAttributes().put("resource_url", ""));
        assertThat(chain(exchanged)).containsExactly("redeemer");
    }

    private static boolean active(String token) {
        return mesh.oauth().introspect(as("crm"), token).json().path("active").asBoolean();
    }
}
