package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.BILLING;
import static dev.keycloakmcp.itest.machine.MachineRealm.BOUND_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.HR;
import static dev.keycloakmcp.itest.machine.MachineRealm.KEY;
import static dev.keycloakmcp.itest.machine.MachineRealm.KEY_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static dev.keycloakmcp.itest.machine.MachineRealm.SIMPLE_AGENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.EventRepresentation;

/** Hostile and malformed machine requests: each is refused with the right code, no token and no session. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineRefusalsIT {

    private static final String TWIN = "https://twin.example.com/mcp";
    private static final String CLOSED = "https://closed.example.com/mcp";
    private static final ClientAuth BY_SECRET = ClientAuth.post(AGENT, SECRET);

    /**
     * A request that is refused.
     *
     * @param reason the code in the event; empty where Keycloak itself refuses, before any policy is asked
     */
    private record Case(
            String name,
            TestRealm realm,
            ClientAuth client,
            String clientId,
            Form form,
            int status,
            String error,
            String reason) {}

    private TestRealm realm;
    private TestRealm strict;
    private TestRealm agedSecrets;

    @BeforeAll
    void start(KeycloakServer keycloak) {
        realm = MachineRealm.create(keycloak, Map.of());
        strict = MachineRealm.create(
                keycloak,
                Map.of(
                        "allowed-auth-methods",
                        List.of("private_key_jwt"),
                        "require-explicit-scope",
                        "true",
                        "when-missing",
                        "require",
                        "max-assertion-lifetime",
                        "60"));
        agedSecrets = MachineRealm.create(keycloak, Map.of("max-secret-age-days", 30));

        realm.add(Scope.named("twin:read"));
        realm.add(Scope.named("closed:read"));
        realm.add(MachineRealm.server("twin-1", TWIN, "twin:read"));
        realm.add(MachineRealm.server("twin-2", TWIN + "/", "twin:read"));
        realm.add(MachineRealm.server("closed", CLOSED, "closed:read").disabled());
        realm.add(MachineRealm.agent("twin-agent", "twin:read", "closed:read", "crm:read"));
        realm.add(MachineRealm.agent("registered-agent", "crm:read").attribute("mcp.registration", "dcr-anonymous"));
        realm.add(MachineRealm.agent("disabled-agent", "crm:read").disabled());
        realm.add(Client.agent("hmac-agent", SECRET.repeat(6))
                .defaults("basic")
                .optional("crm:read")
                .authenticator("client-secret-jwt"));

        long now = Instant.now().getEpochSecond();
        agedSecrets.add(
                aged("old-agent", String.valueOf(now - Duration.ofDays(31).toSeconds())));
        agedSecrets.add(
                aged("young-agent", String.valueOf(now - Duration.ofDays(29).toSeconds())));
        agedSecrets.add(
                aged("future-agent", String.valueOf(now + Duration.ofDays(365).toSeconds())));
        agedSecrets.add(aged("garbled-agent", "yesterday"));
    }

    private static ClientRepresentation aged(String id, String createdAt) {
        return MachineRealm.agent(id, "crm:read").attribute("client.secret.creation.time", createdAt);
    }

    @AfterAll
    void end() {
        Stream.of(realm, strict, agedSecrets).forEach(TestRealm::close);
    }

    // The table

    @TestFactory
    @Tries({"RFC8707-2-malformed", "MCP-client-credentials"})
    Stream<DynamicTest> resources_that_are_no_addresses_of_servers() {
        return tests(targets().stream().filter(each -> each.reason().equals("resource_malformed")));
    }

    @TestFactory
    @Tries({"RFC8707-2-unknown", "RFC8707-3-lookalike", "MCP-client-credentials"})
    Stream<DynamicTest> resources_that_nobody_has() {
        return tests(targets().stream().filter(each -> each.reason().equals("resource_unknown")));
    }

    @TestFactory
    @Tries({"RFC8707-2-several", "RFC8707-2-omitted", "MCP-client-credentials", "ASI01"})
    Stream<DynamicTest> targets_that_are_several_or_not_the_agents() {
        return tests(targets().stream().filter(each -> !List.of("resource_malformed", "resource_unknown")
                .contains(each.reason())));
    }

    @TestFactory
    @Tries({"RFC8707-2-scope", "MCP-client-credentials", "ASI02"})
    Stream<DynamicTest> scopes_that_are_not_the_agents() {
        return tests(scopes().stream());
    }

    @TestFactory
    @Tries({"RFC9700-2.5", "RFC7523-6-method"})
    Stream<DynamicTest> credentials_that_are_wrong() {
        return tests(credentials().stream());
    }

    @TestFactory
    @Tries({"RFC7523-3-signature", "RFC7523-3-issuer", "RFC7523-3-audience", "RFC7523-3-expiry", "RFC7523-6-replay"})
    Stream<DynamicTest> assertions_that_prove_nothing() throws JOSEException {
        return tests(assertions().stream());
    }

    @TestFactory
    @Tries({"ASI04", "MCP-client-credentials"})
    Stream<DynamicTest> clients_that_are_no_agents() {
        return tests(clients().stream());
    }

    @TestFactory
    @Tries({"RFC9700-2.5", "ASI03-stale", "LLM06-functionality"})
    Stream<DynamicTest> what_strict_policies_forbid() {
        return tests(strictness().stream());
    }

    @TestFactory
    @Tries("RFC9700-2.4")
    Stream<DynamicTest> grants_that_are_closed() {
        return tests(grants().stream());
    }

    @Test
    void each_refusal_has_a_name_of_its_own() throws JOSEException {
        assertThat(Stream.of(targets(), scopes(), credentials(), assertions(), clients(), strictness(), grants())
                        .flatMap(List::stream)
                        .map(Case::name))
                .hasSizeGreaterThanOrEqualTo(60)
                .doesNotHaveDuplicates();
    }

    private static Stream<DynamicTest> tests(Stream<Case> cases) {
        return cases.map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
    }

    private static void check(Case each) {
        Form form = each.form().has("grant_type")
                ? each.form()
                : Form.of("grant_type", "client_credentials").and(each.form());
        Reply reply = each.realm().oauth().token(each.client(), form);

        assertThat(reply.body()).doesNotContain("access_token").doesNotContain("Exception");
        assertThat(reply.error()).as(reply.toString()).isEqualTo(each.error());
        assertThat(reply.status()).as(reply.toString()).isEqualTo(each.status());
        if (!each.reason().isEmpty()) {
            assertThat(reply.errorDescription()).isNotBlank();
            EventRepresentation event = MachineRealm.lastEvent(each.realm(), each.clientId());
            assertThat(event.getType()).isEqualTo("CLIENT_LOGIN_ERROR");
            assertThat(event.getError()).isEqualTo(each.error());
            assertThat(event.getDetails())
                    .containsEntry("mcp_reason", each.reason())
                    .containsEntry("mcp_decision", "deny")
                    .containsEntry("reason", reply.errorDescription())
                    .doesNotContainKey("token_id");
        }
        if (!each.clientId().isEmpty()) {
            assertThat(MachineRealm.sessions(each.realm(), each.clientId())).isZero();
        }
    }

    private Case target(String name, Form form, String reason) {
        return new Case(name, realm, BY_SECRET, AGENT, form, 400, "invalid_target", reason);
    }

    private Case resource(String name, String resource, String reason) {
        return target(name, Form.of("resource", resource).with("scope", "crm:read"), reason);
    }

    private List<Case> targets() {
        return List.of(
                resource("resource that nobody has", "https://nobody.example.com/mcp", "resource_unknown"),
                resource("resource that is no URI", "not a uri", "resource_malformed"),
                resource("resource that is relative", "/mcp", "resource_malformed"),
                resource("resource with a fragment", CRM + "#x", "resource_malformed"),
                resource("resource with user information", "https://admin@crm.example.com/mcp", "resource_malformed"),
                resource("resource with another scheme", "ftp://crm.example.com/mcp", "resource_malformed"),
                resource("resource that is a script", "javascript:alert(1)", "resource_malformed"),
                resource("resource that is a URN", "urn:example:crm", "resource_malformed"),
                resource("resource without a host", "https:///mcp", "resource_malformed"),
                resource(
                        "resource with a port out of range", "https://crm.example.com:99999/mcp", "resource_malformed"),
                resource("resource with a homograph", "https://\u0441rm.example.com/mcp", "resource_malformed"),
                resource("resource of 3000 characters", CRM + "/" + "a".repeat(3000), "resource_malformed"),
                resource("resource of 9000 characters", CRM + "/" + "a".repeat(9000), "resource_malformed"),
                resource("resource without TLS", "http://crm.example.com/mcp", "resource_unknown"),
                resource("resource at another port", "https://crm.example.com:8443/mcp", "resource_unknown"),
                resource("resource below the server", CRM + "/admin", "resource_unknown"),
                resource("resource above the server", "https://crm.example.com", "resource_unknown"),
                resource("resource with dot segments", "https://crm.example.com/x/../mcp", "resource_unknown"),
                resource("resource with an encoded letter", "https://crm.example.com/%6dcp", "resource_unknown"),
                resource("resource with a query", CRM + "?tenant=1", "resource_unknown"),
                resource("resource in another case of the path", "https://crm.example.com/MCP", "resource_unknown"),
                resource("resource with a longer host", "https://crm.example.com.evil.example/mcp", "resource_unknown"),
                resource("resource with a dot after the host", "https://crm.example.com./mcp", "resource_unknown"),
                resource("resource in punycode", "https://xn--rm-bla.example.com/mcp", "resource_unknown"),
                resource("resource with a line break", CRM + "\r\nX", "resource_unknown"),
                resource("resource of a server without scopes of the agent", HR, "resource_not_allowed"),
                target(
                        "resource twice",
                        Form.of("resource", CRM).with("resource", BILLING).with("scope", "crm:read"),
                        "resource_multiple"),
                target(
                        "same resource twice",
                        Form.of("resource", CRM).with("resource", CRM).with("scope", "crm:read"),
                        "resource_multiple"),
                target(
                        "audience twice",
                        Form.of("audience", CRM).with("audience", BILLING).with("scope", "crm:read"),
                        "resource_multiple"),
                target(
                        "resource and audience disagree",
                        Form.of("resource", CRM).with("audience", BILLING).with("scope", "crm:read"),
                        "resource_multiple"),
                target(
                        "audience that is no client",
                        Form.of("audience", "nobody").with("scope", "crm:read"),
                        "resource_unknown"),
                target(
                        "audience that is no MCP server",
                        Form.of("audience", "account").with("scope", "crm:read"),
                        "resource_unknown"),
                target("nothing but credentials", Form.empty(), "resource_ambiguous"),
                target(
                        "empty scope and audience, several servers",
                        Form.of("scope", "").with("audience", ""),
                        "resource_ambiguous"),
                target("scope of two servers, no resource", Form.of("scope", "mcp:tools"), "resource_ambiguous"),
                target(
                        "scopes of two servers, no resource",
                        Form.of("scope", "crm:read billing:read"),
                        "resource_ambiguous"),
                new Case(
                        "server that is not among the allowed resources",
                        realm,
                        ClientAuth.post(BOUND_AGENT, SECRET),
                        BOUND_AGENT,
                        Form.of("resource", BILLING).with("scope", "billing:read"),
                        400,
                        "invalid_target",
                        "resource_not_allowed"),
                new Case(
                        "allowed resource that is gone",
                        realm,
                        ClientAuth.post(BOUND_AGENT, SECRET),
                        BOUND_AGENT,
                        Form.of("resource", "https://gone.example.com/mcp").with("scope", "crm:read"),
                        400,
                        "invalid_target",
                        "resource_unknown"),
                new Case(
                        "two clients with the resource",
                        realm,
                        ClientAuth.post("twin-agent", SECRET),
                        "twin-agent",
                        Form.of("resource", TWIN).with("scope", "twin:read"),
                        400,
                        "invalid_target",
                        "resource_conflict"),
                new Case(
                        "server that is disabled",
                        realm,
                        ClientAuth.post("twin-agent", SECRET),
                        "twin-agent",
                        Form.of("resource", CLOSED).with("scope", "closed:read"),
                        400,
                        "invalid_target",
                        "resource_unknown"));
    }

    private Case scope(String name, String scope, String reason) {
        return new Case(
                name,
                realm,
                BY_SECRET,
                AGENT,
                Form.of("resource", CRM).with("scope", scope),
                400,
                "invalid_scope",
                reason);
    }

    private List<Case> scopes() {
        return List.of(
                scope("scope of another server", "billing:read", "scope_not_owned"),
                scope("scope of no server", "inventory:read", "scope_not_owned"),
                scope("scope that is only openid", "openid", "scope_not_owned"),
                scope("no scope and no default scope of the server", "", "scope_not_owned"),
                scope("scope that does not exist", "nope", ""),
                scope("scope that is not assigned", "hr:read", ""),
                scope("scope in another case", "CRM:READ", ""),
                scope("scope with a wildcard", "crm:*", ""),
                scope("scope with a quote", "crm:read\" or \"1\"=\"1", ""),
                scope("scope with a comma", "crm:read,crm:write", ""),
                new Case(
                        "scope of the target that is only another agent's default",
                        realm,
                        BY_SECRET,
                        AGENT,
                        Form.of("resource", BILLING).with("scope", "crm:read crm:write"),
                        400,
                        "invalid_scope",
                        "scope_not_owned"),
                new Case(
                        "scope twice",
                        realm,
                        BY_SECRET,
                        AGENT,
                        Form.of("resource", CRM).with("scope", "crm:read").with("scope", "crm:write"),
                        400,
                        "invalid_request",
                        ""));
    }

    private static final Form RIGHT = Form.of("resource", CRM).with("scope", "crm:read");

    private Case credential(String name, ClientAuth client, String clientId, int status, String error, String reason) {
        return new Case(name, realm, client, clientId, RIGHT, status, error, reason);
    }

    private List<Case> credentials() {
        ClientAuth both = (form, request, issuer) -> ClientAuth.post(AGENT, SECRET)
                .apply(ClientAuth.basic(AGENT, SECRET).apply(form, request, issuer), request, issuer);
        ClientAuth secretAndAssertion = (form, request, issuer) -> ClientAuth.post(KEY_AGENT, SECRET)
                .apply(assertion().auth().apply(form, request, issuer), request, issuer);
        ClientAuth basicAndAssertion = (form, request, issuer) -> ClientAuth.basic(KEY_AGENT, SECRET)
                .apply(assertion().auth().apply(form, request, issuer), request, issuer);
        ClientAuth hmac = Assertion.sent(
                Assertion.of("hmac-agent", realm.issuer()).mac(SECRET.repeat(6).getBytes(StandardCharsets.UTF_8)));
        return List.of(
                credential("wrong secret", ClientAuth.post(AGENT, "wrong"), AGENT, 401, "unauthorized_client", ""),
                credential(
                        "wrong secret in the header",
                        ClientAuth.basic(AGENT, "x"),
                        AGENT,
                        401,
                        "unauthorized_client",
                        ""),
                credential("no secret", ClientAuth.none(AGENT), AGENT, 401, "unauthorized_client", ""),
                credential("empty secret", ClientAuth.post(AGENT, ""), AGENT, 401, "unauthorized_client", ""),
                credential("nobody", (form, request, issuer) -> form, "", 401, "invalid_client", ""),
                credential("unknown client", ClientAuth.post("nobody", SECRET), "", 401, "invalid_client", ""),
                credential("secret in header and body", both, AGENT, 400, "invalid_request", "credential_multiple"),
                credential(
                        "secret in header and body, with Basic_ for Basic",
                        basicAndPost("Basic_"),
                        AGENT,
                        400,
                        "invalid_request",
                        "credential_multiple"),
                credential(
                        "secret in header and body, with a tab behind Basic",
                        basicAndPost("Basic\t"),
                        AGENT,
                        400,
                        "invalid_request",
                        "credential_multiple"),
                credential(
                        "secret and assertion",
                        secretAndAssertion,
                        KEY_AGENT,
                        400,
                        "invalid_request",
                        "credential_multiple"),
                credential(
                        "header and assertion",
                        basicAndAssertion,
                        KEY_AGENT,
                        400,
                        "invalid_request",
                        "credential_multiple"),
                credential(
                        "secret where a key is registered",
                        ClientAuth.post(KEY_AGENT, SECRET),
                        KEY_AGENT,
                        400,
                        "invalid_client",
                        ""),
                credential(
                        "key where a secret is registered",
                        Assertion.of(AGENT, realm.issuer()).auth(),
                        AGENT,
                        401,
                        "invalid_client",
                        ""),
                credential(
                        "assertion by the secret, which is not on the list",
                        hmac,
                        "hmac-agent",
                        401,
                        "invalid_client",
                        "credential_method_not_allowed"));
    }

    /** Keycloak passes over the character behind {@code Basic}, whatever it is. */
    private static ClientAuth basicAndPost(String scheme) {
        return (form, request, issuer) -> {
            String pair = AGENT + ":" + SECRET;
            request.header(
                    "Authorization",
                    scheme + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
            return ClientAuth.post(AGENT, SECRET).apply(form, request, issuer);
        };
    }

    private Assertion assertion() {
        return Assertion.of(KEY_AGENT, realm.issuer());
    }

    private Case ours(String name, Assertion assertion, String reason) {
        return credential(name, assertion.auth(), KEY_AGENT, 401, "invalid_client", reason);
    }

    private Case keycloaks(String name, String assertion) {
        return credential(name, Assertion.sent(assertion), KEY_AGENT, 400, "invalid_client", "");
    }

    private List<Case> assertions() throws JOSEException {
        String issuer = realm.issuer().toString();
        RSAKey stranger = new RSAKeyGenerator(2048).keyID(KEY.getKeyID()).generate();
        String unsigned = new PlainJWT(new JWTClaimsSet.Builder()
                        .issuer(KEY_AGENT)
                        .subject(KEY_AGENT)
                        .audience(issuer)
                        .jwtID("x")
                        .build())
                .serialize();
        String used = assertion().sign();
        realm.oauth().clientCredentials(Assertion.sent(used), RIGHT).expect(200);
        return List.of(
                ours(
                        "assertion for the introspection endpoint",
                        assertion().audience(issuer + "/protocol/openid-connect/token/introspect"),
                        "assertion_audience_mismatch"),
                ours(
                        "assertion for the pushed authorization endpoint",
                        assertion().audience(issuer + "/protocol/openid-connect/ext/par/request"),
                        "assertion_audience_mismatch"),
                ours(
                        "assertion for the backchannel endpoint",
                        assertion().audience(issuer + "/protocol/openid-connect/ext/ciba/auth"),
                        "assertion_audience_mismatch"),
                ours(
                        "assertion that lives an hour",
                        assertion().expires(Duration.ofHours(1)),
                        "assertion_lifetime_too_long"),
                ours(
                        "assertion that lives ten years",
                        assertion().expires(Duration.ofDays(3650)),
                        "assertion_lifetime_too_long"),
                ours(
                        "assertion that lives a second too long",
                        assertion().expires(Duration.ofSeconds(301)),
                        "assertion_lifetime_too_long"),
                keycloaks(
                        "assertion for another realm",
                        assertion().audience(issuer + "x").sign()),
                keycloaks(
                        "assertion for two audiences",
                        assertion().audience(issuer, "https://evil.example").sign()),
                keycloaks(
                        "assertion for nobody",
                        assertion().change(c -> c.audience((String) null)).sign()),
                keycloaks("assertion without expiry", assertion().expires(null).sign()),
                keycloaks(
                        "assertion that is over",
                        assertion().expires(Duration.ofMinutes(-5)).sign()),
                keycloaks(
                        "assertion from the future",
                        assertion().issued(Duration.ofMinutes(-10)).sign()),
                keycloaks(
                        "assertion from long ago",
                        assertion().issued(Duration.ofMinutes(10)).sign()),
                keycloaks(
                        "assertion without issue time that lives long",
                        assertion()
                                .issued(null)
                                .expires(Duration.ofSeconds(299))
                                .sign()),
                keycloaks(
                        "assertion without id",
                        assertion().change(c -> c.jwtID(null)).sign()),
                keycloaks("assertion used before", used),
                keycloaks("assertion by another key", assertion().sign(stranger, JWSAlgorithm.RS256)),
                keycloaks("assertion without signature", unsigned),
                keycloaks(
                        "assertion by the public key as a secret",
                        assertion().mac(KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))),
                keycloaks("assertion cut off", assertion().sign().replaceAll("\\.[^.]*$", ".")),
                keycloaks("assertion with a changed claim", tampered()),
                credential("assertion that is garbage", Assertion.sent("garbage"), "", 401, "invalid_client", ""),
                credential(
                        "assertion about another agent",
                        assertion().change(c -> c.subject(AGENT).issuer(AGENT)).auth(),
                        AGENT,
                        401,
                        "invalid_client",
                        ""),
                credential(
                        "assertion by one for another",
                        assertion().change(c -> c.subject(AGENT)).auth(),
                        "",
                        401,
                        "invalid_client",
                        ""),
                credential(
                        "assertion and another client id",
                        (form, request, at) -> assertion().auth().apply(form.with("client_id", AGENT), request, at),
                        "",
                        401,
                        "unauthorized_client",
                        ""),
                credential(
                        "assertion of another type",
                        (form, request, at) -> form.with(
                                        "client_assertion", assertion().sign())
                                .with(
                                        "client_assertion_type",
                                        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
                        "",
                        401,
                        "invalid_client",
                        ""));
    }

    private String tampered() {
        String[] parts = assertion().sign().split("\\.");
        String other = assertion().expires(Duration.ofSeconds(120)).sign().split("\\.")[1];
        return parts[0] + "." + other + "." + parts[2];
    }

    private List<Case> clients() {
        return List.of(
                credential(
                        "client that registered itself",
                        ClientAuth.post("registered-agent", SECRET),
                        "registered-agent",
                        400,
                        "unauthorized_client",
                        "client_dynamically_registered"),
                credential(
                        "client that is disabled",
                        ClientAuth.post("disabled-agent", SECRET),
                        "disabled-agent",
                        401,
                        "invalid_client",
                        ""),
                credential(
                        "client without a service account",
                        ClientAuth.post("crm", SECRET),
                        "crm",
                        401,
                        "unauthorized_client",
                        ""));
    }

    private List<Case> strictness() {
        ClientAuth key = Assertion.of(KEY_AGENT, strict.issuer()).auth();
        ClientAuth key2 = Assertion.of(KEY_AGENT, strict.issuer()).auth();
        ClientAuth slow = Assertion.of(KEY_AGENT, strict.issuer())
                .expires(Duration.ofSeconds(61))
                .auth();
        return List.of(
                new Case(
                        "secret where only keys are allowed",
                        strict,
                        BY_SECRET,
                        AGENT,
                        RIGHT,
                        401,
                        "invalid_client",
                        "credential_method_not_allowed"),
                new Case(
                        "secret in the header where only keys are allowed",
                        strict,
                        ClientAuth.basic(AGENT, SECRET),
                        AGENT,
                        RIGHT,
                        401,
                        "invalid_client",
                        "credential_method_not_allowed"),
                new Case(
                        "no scope where one is required",
                        strict,
                        key,
                        KEY_AGENT,
                        Form.of("resource", CRM),
                        400,
                        "invalid_scope",
                        "scope_missing"),
                new Case(
                        "no resource where one is required",
                        strict,
                        key2,
                        KEY_AGENT,
                        Form.of("scope", "crm:read"),
                        400,
                        "invalid_target",
                        "resource_missing"),
                new Case(
                        "assertion that lives longer than configured",
                        strict,
                        slow,
                        KEY_AGENT,
                        RIGHT,
                        401,
                        "invalid_client",
                        "assertion_lifetime_too_long"),
                aged("secret whose age nobody knows", AGENT, "secret_age_unknown"),
                aged("secret that is too old", "old-agent", "secret_too_old"),
                aged("secret from the future", "future-agent", "secret_age_unknown"),
                aged("secret with a garbled time", "garbled-agent", "secret_age_unknown"));
    }

    private Case aged(String name, String clientId, String reason) {
        return new Case(
                name, agedSecrets, ClientAuth.basic(clientId, SECRET), clientId, RIGHT, 401, "invalid_client", reason);
    }

    private List<Case> grants() {
        return List.of(
                new Case(
                        "grant type in another case",
                        realm,
                        BY_SECRET,
                        "",
                        RIGHT.with("grant_type", "Client_Credentials"),
                        400,
                        "unsupported_grant_type",
                        ""),
                new Case(
                        "grant type that is empty",
                        realm,
                        BY_SECRET,
                        "",
                        RIGHT.with("grant_type", ""),
                        400,
                        "invalid_request",
                        ""),
                new Case(
                        "password grant of an agent",
                        realm,
                        BY_SECRET,
                        AGENT,
                        RIGHT.with("grant_type", "password")
                                .with("username", "x")
                                .with("password", "x"),
                        400,
                        "unauthorized_client",
                        ""));
    }

    // What is not a table

    @Test
    void a_young_secret_and_a_regenerated_one_are_good() {
        agedSecrets
                .oauth()
                .clientCredentials(ClientAuth.basic("young-agent", SECRET), RIGHT)
                .expect(200);
        String regenerated =
                agedSecrets.clientResource(SIMPLE_AGENT).generateNewSecret().getValue();
        agedSecrets
                .oauth()
                .clientCredentials(ClientAuth.basic(SIMPLE_AGENT, regenerated), RIGHT)
                .expect(200);
    }

    @Test
    void a_refused_client_that_used_the_header_is_challenged() {
        Reply header = strict.oauth().clientCredentials(ClientAuth.basic(AGENT, SECRET), RIGHT);
        assertThat(header.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic realm=");
        Reply body = strict.oauth().clientCredentials(BY_SECRET, RIGHT);
        assertThat(body.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @Test
    @Tries("RFC7523-6-replay")
    void an_assertion_with_its_issue_time_within_the_clock_skew_is_good_once() {
        ClientRepresentation client = MachineRealm.keyAgent("impatient-agent", "crm:read")
                .attribute("token.endpoint.auth.signing.max.exp", "1");
        realm.add(client);
        ClientAuth auth = Assertion.of("impatient-agent", realm.issuer())
                .issued(Duration.ofSeconds(-10))
                .auth();
        realm.oauth().clientCredentials(auth, RIGHT).expect(200);

        // Keycloak forgets it after a second and takes it for ten.
        Instant end = Instant.now().plusSeconds(4);
        List<String> reasons = new ArrayList<>();
        while (Instant.now().isBefore(end)) {
            assertThat(realm.oauth().clientCredentials(auth, RIGHT).error()).isEqualTo("invalid_client");
            reasons.add(MachineRealm.lastEvent(realm, "impatient-agent")
                    .getDetails()
                    .getOrDefault("mcp_reason", ""));
        }
        assertThat(reasons).contains("assertion_replayed");
    }
}
