package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** The attacks of RFC 7523, and of the ID-JAG draft, on the JWT authorization grant. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Rfc7523IT {

    private static final String ISSUER = "https://idp.partner.example";
    private static final RSAKey KEY = Keys.rsa("partner");
    private static final ClientAuth DESK = ClientAuth.basic("desk", "desk");
    private static final ClientAuth OTHER = ClientAuth.basic("other", "other");

    private AttackedRealm realm;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
        trust("partner", ISSUER);
        trust("elsewhere", "https://idp.elsewhere.example");
        realm.add(redeemer("desk"));
        realm.add(redeemer("other"));
        realm.add(redeemer("closed").attribute("oauth2.jwt.authorization.grant.enabled", "false"));
        FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
        link.setIdentityProvider("partner");
        link.setUserId("subject-of-alice");
        link.setUserName("alice");
        realm.admin()
                .users()
                .get(realm.userId("alice"))
                .addFederatedIdentity("partner", link)
                .close();
    }

    private static Client redeemer(String id) {
        return Client.confidential(id, id)
                .redirects(AttackedRealm.WEB)
                .fullScope(false)
                .defaults("basic")
                .optional("notes:read", "mail:send")
                .attribute("oauth2.jwt.authorization.grant.enabled", "true")
                .attribute("oauth2.jwt.authorization.grant.idp", "partner");
    }

    private void trust(String alias, String issuer) {
        IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
        provider.setAlias(alias);
        provider.setProviderId("jwt-authorization-grant");
        provider.setEnabled(true);
        provider.setConfig(new HashMap<>(Map.of(
                "issuer",
                issuer,
                "useJwksUrl",
                "false",
                "publicKeySignatureVerifier",
                new JWKSet(KEY.toPublicJWK()).toString(),
                "jwtAuthorizationGrantEnabled",
                "true")));
        realm.admin().identityProviders().create(provider).close();
    }

    private JWTClaimsSet.Builder claims() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("subject-of-alice")
                .audience(realm.issuer().toString())
                .claim("client_id", "desk")
                .claim("resource", AttackedRealm.NOTES)
                .claim("scope", "notes:read")
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)));
    }

    private static JWSHeader.Builder header(JWSAlgorithm algorithm) {
        return new JWSHeader.Builder(algorithm)
                .type(new JOSEObjectType("oauth-id-jag+jwt"))
                .keyID(KEY.getKeyID());
    }

    private static String sign(JWTClaimsSet claims, RSAKey key, JWSHeader header) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String with(Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = claims();
        change.accept(claims);
        return sign(claims.build(), KEY, header(JWSAlgorithm.RS256).build());
    }

    private String good() {
        return with(claims -> {});
    }

    private static Form grant(String assertion) {
        return Form.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                .with("assertion", assertion)
                .with("scope", "notes:read")
                .with("resource", AttackedRealm.NOTES);
    }

    private static void assertRefused(Reply reply) {
        assertRefused(reply, 400, "invalid_grant");
    }

    private static void assertRefused(Reply reply, int status, String error) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.error()).as(reply.toString()).isEqualTo(error);
        assertThat(reply.find("access_token")).isEmpty();
    }

    private DynamicTest row(String name, Supplier<String> assertion) {
        return DynamicTest.dynamicTest(name, () -> assertRefused(realm.oauth().token(DESK, grant(assertion.get()))));
    }

    @Test
    @Tries({"IDJAG-4.4-refresh", "RFC7521-8-scope", "IDJAG-4.4-scope"})
    void a_good_assertion_gives_one_short_token_for_one_server_and_nothing_to_refresh() {
        Reply reply = realm.oauth().token(DESK, grant(good())).expect(200);
        Jwt token = Jwt.decode(reply.accessToken());
        assertThat(token.audience()).containsExactly(AttackedRealm.NOTES);
        assertThat(token.scopes()).containsExactly("notes:read");
        assertThat(reply.find("refresh_token")).isEmpty();
        assertThat(reply.find("id_token")).isEmpty();
    }

    @TestFactory
    @Tries({"RFC7523-3-signature", "IDJAG-4.4-typ"})
    Stream<DynamicTest> signatures_that_are_not_the_issuers() {
        RSAKey stranger = Keys.rsa("partner");
        return Stream.of(
                row("none", () -> new PlainJWT(claims().build()).serialize()),
                row("left out", () -> good().replaceAll("[^.]*$", "")),
                row("of another assertion", () -> {
                    String[] one = good().split("\\.");
                    return one[0] + "." + one[1] + "." + good().split("\\.")[2];
                }),
                row(
                        "by a stranger",
                        () -> sign(
                                claims().build(),
                                stranger,
                                header(JWSAlgorithm.RS256).build())),
                row(
                        "by a stranger whose key it brings",
                        () -> sign(
                                claims().build(),
                                stranger,
                                header(JWSAlgorithm.RS256)
                                        .jwk(stranger.toPublicJWK())
                                        .build())),
                row("by the public key as a secret", () -> {
                    try {
                        SignedJWT jwt = new SignedJWT(header(JWSAlgorithm.HS256).build(), claims().build());
                        jwt.sign(new MACSigner(KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
                        return jwt.serialize();
                    } catch (JOSEException e) {
                        throw new IllegalStateException(e);
                    }
                }),
                row(
                        "with another key id",
                        () -> sign(
                                claims().build(),
                                KEY,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .type(new JOSEObjectType("oauth-id-jag+jwt"))
                                        .keyID("another")
                                        .build())),
                row("garbage", () -> "garbage"),
                row("three dots", () -> "..."),
                row("nothing", () -> ""));
    }

    @TestFactory
    @Tries({"RFC7523-3-issuer", "RFC7523-6-other-client"})
    Stream<DynamicTest> issuers_and_subjects_that_are_nobody_here() {
        return Stream.of(
                row("no issuer", () -> with(claims -> claims.issuer(null))),
                row("an unknown issuer", () -> with(claims -> claims.issuer("https://idp.evil.example"))),
                row("an issuer with a slash more", () -> with(claims -> claims.issuer(ISSUER + "/"))),
                row("an issuer in another case", () -> with(claims -> claims.issuer("https://IDP.partner.example"))),
                row(
                        "an issuer that the client may not use",
                        () -> with(claims -> claims.issuer("https://idp.elsewhere.example"))),
                row("the client as issuer", () -> with(claims -> claims.issuer("desk"))),
                row(
                        "the realm as issuer",
                        () -> with(claims -> claims.issuer(realm.issuer().toString()))),
                row("no subject", () -> with(claims -> claims.subject(null))),
                row("an unknown subject", () -> with(claims -> claims.subject("nobody"))),
                row("a user's name as subject", () -> with(claims -> claims.subject("alice"))),
                row("a user's id as subject", () -> with(claims -> claims.subject(realm.userId("alice")))),
                row("an agent as subject", () -> with(claims -> claims.subject("agent"))));
    }

    @TestFactory
    @Tries({"RFC7523-3-audience", "IDJAG-4.4-audience"})
    Stream<DynamicTest> audiences_that_are_not_this_realm() {
        return Stream.of(
                row("none", () -> with(claims -> claims.audience((String) null))),
                row("another server", () -> with(claims -> claims.audience("https://as.example.com"))),
                row(
                        "another realm",
                        () -> with(claims -> claims.audience(
                                realm.server().realmUri("master").toString()))),
                row("the realm with a slash more", () -> with(claims -> claims.audience(realm.issuer() + "/"))),
                row(
                        "the realm and another server",
                        () -> with(claims ->
                                claims.audience(List.of(realm.issuer().toString(), "https://as.example.com")))),
                row("the MCP server", () -> with(claims -> claims.audience(AttackedRealm.NOTES))),
                row("the client", () -> with(claims -> claims.audience("desk"))));
    }

    @TestFactory
    @Tries({"RFC7523-3-expiry", "IDJAG-4.4-replay"})
    Stream<DynamicTest> times_that_are_wrong() {
        Instant now = Instant.now();
        return Stream.of(
                row("no expiry", () -> with(claims -> claims.expirationTime(null))),
                row("expired", () -> with(claims -> claims.expirationTime(Date.from(now.minusSeconds(120))))),
                row("not valid yet", () -> with(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(3600))))),
                row("issued in the future", () -> with(claims -> claims.issueTime(Date.from(now.plusSeconds(3600))))),
                row("issued long ago", () -> with(claims -> claims.issueTime(Date.from(now.minusSeconds(86_400))))),
                row(
                        "long-lived, and nobody knows since when",
                        () -> with(
                                claims -> claims.issueTime(null).expirationTime(Date.from(now.plusSeconds(864_000))))));
    }

    @Test
    @Tries({"RFC7523-6-replay", "IDJAG-4.4-replay"})
    void an_assertion_that_comes_again_is_refused() {
        String assertion = good();
        realm.oauth().token(DESK, grant(assertion)).expect(200);
        assertRefused(realm.oauth().token(DESK, grant(assertion)));
    }

    @Test
    @Tries({"RFC7523-6-replay", "IDJAG-4.4-replay"})
    void an_assertion_that_cannot_be_told_apart_is_refused() {
        assertRefused(realm.oauth().token(DESK, grant(with(claims -> claims.jwtID(null)))));
    }

    @TestFactory
    @Tries({"IDJAG-8.1", "RFC7523-6-other-client"})
    Stream<DynamicTest> clients_that_may_not_redeem() {
        String registered = realm.register("Registered", AttackedRealm.WEB);
        realm.add(Client.application("public", AttackedRealm.WEB)
                .optional("notes:read")
                .attribute("oauth2.jwt.authorization.grant.enabled", "true")
                .attribute("oauth2.jwt.authorization.grant.idp", "partner"));
        return Stream.of(
                        Map.entry("a public client", ClientAuth.none("public")),
                        Map.entry("a registered client", ClientAuth.none(registered)),
                        Map.entry("a client without the grant", ClientAuth.basic("closed", "closed")),
                        Map.entry("an agent without the grant", AttackedRealm.AGENT),
                        Map.entry("a client without its secret", ClientAuth.none("desk")),
                        Map.entry("a client with another's secret", ClientAuth.basic("desk", "other")))
                .map(client -> DynamicTest.dynamicTest(client.getKey(), () -> {
                    Reply reply = realm.oauth().token(client.getValue(), grant(good()));
                    if (client.getKey().endsWith("secret")) {
                        assertRefused(reply, 401, "unauthorized_client");
                    } else {
                        assertRefused(reply);
                    }
                }));
    }

    @TestFactory
    @Tries({"RFC7523-6-own-token", "IDJAG-8.3-self", "IDJAG-4.4-typ"})
    Stream<DynamicTest> tokens_of_the_realm_itself_are_no_assertions() {
        String client = realm.register("Own", AttackedRealm.WEB);
        Reply tokens = realm.oauth()
                .code(
                        ClientAuth.none(client),
                        realm.oauth()
                                .authorize(AttackedRealm.request(client, AttackedRealm.WEB)
                                        .without("scope")
                                        .with("scope", "openid notes:read"))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        String machine = realm.oauth()
                .clientCredentials(
                        AttackedRealm.AGENT, Form.of("scope", "notes:read").with("resource", AttackedRealm.NOTES))
                .expect(200)
                .accessToken();
        String exchanged = realm.oauth()
                .exchange(
                        AttackedRealm.NOTES_SERVER,
                        tokens.accessToken(),
                        Form.of("resource", AttackedRealm.MAIL).with("scope", "mail:send"))
                .expect(200)
                .accessToken();
        return Stream.of(
                row("a user's access token", tokens::accessToken),
                row("a user's refresh token", tokens::refreshToken),
                row("an ID token", () -> tokens.get("id_token")),
                row("a machine token", () -> machine),
                row("a delegated token", () -> exchanged));
    }

    @TestFactory
    @Tries({"RFC7521-8-scope", "IDJAG-4.4-scope", "RFC8707-2-scope"})
    Stream<DynamicTest> scopes_and_servers_beyond_what_was_given() {
        return Stream.of(
                more("a scope of another server", "mail:send", AttackedRealm.NOTES, "invalid_scope"),
                more("a scope that the client does not have", "notes:write", AttackedRealm.NOTES, "invalid_scope"),
                more("a scope that nobody knows", "nonsense", AttackedRealm.NOTES, "invalid_scope"),
                more("a server that nobody knows", "notes:read", "https://nobody.example/mcp", "invalid_target"),
                more("scopes of one server at another", "notes:read", AttackedRealm.MAIL, "invalid_target"));
    }

    private DynamicTest more(String name, String scope, String resource, String error) {
        return DynamicTest.dynamicTest(name, () -> {
            Reply reply = realm.oauth()
                    .token(
                            DESK,
                            grant(good())
                                    .without("scope")
                                    .without("resource")
                                    .with("scope", scope)
                                    .with("resource", resource));
            if (reply.status() == 200) {
                Jwt token = Jwt.decode(reply.accessToken());
                assertThat(token.audience()).containsExactly(resource);
                assertThat(token.scopes()).isSubsetOf(resource.equals(AttackedRealm.NOTES) ? "notes:read" : "");
            } else {
                assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
                assertThat(reply.error()).isEqualTo(error);
            }
        });
    }

    @TestFactory
    @Tries({"IDJAG-8.5", "RFC8693-4.1-forge", "ASI03-impersonation"})
    Stream<DynamicTest> actors_that_an_assertion_makes_up() {
        return Stream.of(
                        Map.entry("a name", Map.<String, Object>of("sub", "gateway")),
                        Map.entry(
                                "an agent of the realm", Map.<String, Object>of("sub", "agent", "client_id", "agent")),
                        Map.entry("no object", Map.<String, Object>of("sub", List.of())))
                .map(act -> DynamicTest.dynamicTest(act.getKey(), () -> {
                    Reply reply = realm.oauth().token(DESK, grant(with(claims -> claims.claim("act", act.getValue()))));
                    if (reply.status() == 200) {
                        assertThat(Jwt.decode(reply.accessToken())
                                        .claims()
                                        .path("act")
                                        .toString())
                                .doesNotContain("gateway", "agent");
                    } else {
                        assertRefused(reply);
                    }
                }));
    }

    @TestFactory
    @Tries({"IDJAG-4.4-typ", "RFC7523-6-other-client"})
    Stream<DynamicTest> kinds_of_tokens_that_are_no_assertions() {
        return Stream.of(
                        "at+jwt",
                        "application/at+jwt",
                        "AT+JWT",
                        "dpop+jwt",
                        "logout+jwt",
                        "token-introspection+jwt",
                        "oauth-authz-req+jwt",
                        "client-authentication+jwt",
                        "vc+sd-jwt",
                        "nonsense")
                .map(type -> row(
                        type,
                        () -> sign(
                                claims().build(),
                                KEY,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .type(new JOSEObjectType(type))
                                        .keyID(KEY.getKeyID())
                                        .build())));
    }

    @TestFactory
    @Tries({"IDJAG-4.4-typ", "RFC9700-4.6"})
    Stream<DynamicTest> claims_of_other_tokens() {
        return Stream.of("nonce", "at_hash", "c_hash", "events")
                .map(claim -> row(claim, () -> with(claims -> claims.claim(claim, "x"))));
    }

    @TestFactory
    @Tries({"IDJAG-4.4-client", "RFC7523-6-other-client", "ASI03-impersonation"})
    Stream<DynamicTest> assertions_of_other_clients() {
        return Stream.of(
                row("another client", () -> with(claims -> claims.claim("client_id", "other"))),
                row("an agent", () -> with(claims -> claims.claim("client_id", "agent"))),
                row("a client that is not here", () -> with(claims -> claims.claim("client_id", "nobody"))),
                row("the client in another case", () -> with(claims -> claims.claim("client_id", "DESK"))),
                row(
                        "the client among others",
                        () -> with(claims -> claims.claim("client_id", List.of("desk", "other")))),
                row("nobody", () -> with(claims -> claims.claim("client_id", null))),
                row("empty", () -> with(claims -> claims.claim("client_id", ""))));
    }

    @TestFactory
    @Tries({"IDJAG-4.4-scope", "RFC7521-8-scope"})
    Stream<DynamicTest> scopes_that_the_assertion_does_not_hold() {
        return Stream.of(
                asserted("another scope of the server", "notes:write", "invalid_scope"),
                asserted("a scope of another server", "mail:send", "invalid_scope"),
                asserted("none", "", "invalid_scope"),
                asserted("a list", List.of("notes:read"), "invalid_grant"));
    }

    private DynamicTest asserted(String name, Object scope, String error) {
        return DynamicTest.dynamicTest(name, () -> {
            Reply reply = realm.oauth().token(DESK, grant(with(claims -> claims.claim("scope", scope))));
            assertRefused(reply, 400, error);
        });
    }

    @Test
    @Tries({"IDJAG-8.5", "RFC8693-1.1-impersonation", "ASI10-trace"})
    void the_token_of_an_assertion_says_who_redeemed_it() {
        Reply reply = realm.oauth().token(DESK, grant(good())).expect(200);
        assertThat(realm.oauth()
                        .introspect(AttackedRealm.NOTES_SERVER, reply.accessToken())
                        .json()
                        .at("/act/client_id")
                        .asText())
                .isEqualTo("desk");
    }

    // ID-JAG

    @TestFactory
    @Tries({"IDJAG-4.3-issue", "RFC8693-2.1-parameters"})
    Stream<DynamicTest> nobody_is_issued_a_grant_for_another_domain() {
        String client = realm.register("Issued", AttackedRealm.WEB);
        Reply tokens = realm.oauth()
                .code(
                        ClientAuth.none(client),
                        realm.oauth()
                                .authorize(AttackedRealm.request(client, AttackedRealm.WEB)
                                        .without("scope")
                                        .with("scope", "openid notes:read"))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        String type = "urn:ietf:params:oauth:token-type:";
        return Stream.of("access_token", "id_token", "refresh_token").flatMap(kind -> Stream.of(
                        Map.entry("an MCP server", AttackedRealm.NOTES_SERVER),
                        Map.entry("an agent", AttackedRealm.AGENT),
                        Map.entry("a client without policies", OTHER))
                .map(who -> DynamicTest.dynamicTest(who.getKey() + " with " + kind, () -> {
                    Reply reply = realm.oauth()
                            .exchange(
                                    who.getValue(),
                                    tokens.get(kind),
                                    Form.of("subject_token_type", type + kind)
                                            .with("requested_token_type", type + "id-jag")
                                            .with("audience", "https://as.example.com")
                                            .with("resource", "https://api.example.com")
                                            .with("scope", "chat.read"));
                    assertRefused(reply, 400, "invalid_request");
                })));
    }

    @Test
    @Tries("IDJAG-8.4")
    void metadata_names_no_issuers_that_are_trusted() {
        for (String document : List.of("openid-configuration", "oauth-authorization-server")) {
            JsonNode metadata = realm.oauth()
                    .get(URI.create(realm.issuer() + "/.well-known/" + document))
                    .expect(200)
                    .json();
            assertThat(metadata.has("identity_chaining_requested_token_types_supported"))
                    .isFalse();
            assertThat(metadata.has("authorization_grant_profiles_supported")).isFalse();
            assertThat(metadata.toString()).doesNotContain("partner");
        }
    }
}
