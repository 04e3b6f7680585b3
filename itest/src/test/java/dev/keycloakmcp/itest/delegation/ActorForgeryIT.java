package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.ACCESS_TOKEN;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.agent;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.BadRequestException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.representations.idm.KeysMetadataRepresentation.KeyMetadataRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Nobody acts who is not who they say, and nobody is acted for by a token that is not theirs. */
@KeycloakTest
class ActorForgeryIT {

    private static final Map<String, Object> POLICY = Map.of("require-may-act", "never");

    private static DelegationRealm mesh;
    private static String subject;
    private static String machine;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.policy(POLICY);
        subject = mesh.direct("alice", "gateway");
        machine = mesh.machine("gateway", "crm");
    }

    private static DynamicTest actorToken(String name, String reason, Attack.Preparation token) {
        return Attack.attack(mesh, "actor token: " + name, "invalid_request", reason, token);
    }

    private static Callable<Reply> acting(String token) {
        return () -> mesh.exchange("gateway", subject, target("crm").and(actor(token)));
    }

    private static Callable<Reply> exchanging(String token) {
        return () -> mesh.exchange("gateway", token, "crm");
    }

    private static String rsaKey() {
        return mesh.admin().keys().getKeyMetadata().getKeys().stream()
                .filter(key -> "RS256".equals(key.getAlgorithm()))
                .map(KeyMetadataRepresentation::getPublicKey)
                .findFirst()
                .orElseThrow();
    }

    private static String ofAnotherRealm() {
        return new OAuthClient(mesh.server().realmUri("master"))
                .token(
                        ClientAuth.none("admin-cli"),
                        Form.password(
                                mesh.server().adminUsername(), mesh.server().adminPassword()))
                .expect(200)
                .accessToken();
    }

    /** A token that was good once. */
    private static String expired(String client, Supplier<String> issue) {
        Runnable undo = mesh.change(client, c -> c.getAttributes().put("access.token.lifespan", "1"));
        String token = issue.get();
        undo.run();
        long expiry = Jwt.decode(token).claims().path("exp").asLong();
        while (System.currentTimeMillis() / 1000 <= expiry) {
            Thread.onSpinWait();
        }
        return token;
    }

    private static String revoked(String client, String token) {
        mesh.oauth().revoke(as(client), token).expect(200);
        return token;
    }

    private static String agentOf(String clientId, Consumer<String> meanwhile) {
        mesh.add(agent(clientId));
        String token = mesh.machine(clientId, "gateway");
        meanwhile.accept(clientId);
        return token;
    }

    private static void user(String username, Consumer<UserRepresentation> change) {
        UserRepresentation user =
                mesh.admin().users().searchByUsername(username, true).get(0);
        change.accept(user);
        mesh.admin().users().get(user.getId()).update(user);
    }

    @TestFactory
    @Tries({"RFC8693-2.1-actor", "ASI03-impersonation"})
    Stream<DynamicTest> actor_tokens_that_are_no_proof() {
        return Stream.of(
                actorToken("garbage", "actor_token_invalid", () -> acting("garbage")),
                actorToken("empty", "actor_token_type", () -> acting("")),
                actorToken("blank", "actor_token_invalid", () -> acting(" ")),
                actorToken("dots", "actor_token_invalid", () -> acting("..")),
                actorToken("five parts", "actor_token_invalid", () -> acting("a.b.c.d.e")),
                actorToken("JSON", "actor_token_invalid", () -> acting("{\"sub\":\"gateway\"}")),
                actorToken("client id", "actor_token_invalid", () -> acting("gateway")),
                actorToken("unsigned", "actor_token_invalid", () -> acting(Forger.unsigned(machine))),
                actorToken("signature left out", "actor_token_invalid", () -> acting(Forger.stripped(machine))),
                actorToken(
                        "signature of another token",
                        "actor_token_invalid",
                        () -> acting(Forger.withSignatureOf(machine, subject))),
                actorToken(
                        "other client written in",
                        "actor_token_invalid",
                        () -> acting(Forger.altered(machine, swap("\"gateway\"", "\"specialist\"")))),
                actorToken(
                        "expiry put off",
                        "actor_token_invalid",
                        () -> acting(Forger.altered(machine, claims -> claims.replaceFirst("\"exp\":1", "\"exp\":9")))),
                actorToken("signed by a stranger", "actor_token_invalid", () -> acting(Forger.resigned(machine))),
                actorToken("brings its own key", "actor_token_invalid", () -> acting(Forger.withItsOwnKey(machine))),
                actorToken(
                        "public key as secret",
                        "actor_token_invalid",
                        () -> acting(Forger.confused(machine, rsaKey()))),
                actorToken(
                        "unknown algorithm",
                        "actor_token_invalid",
                        () -> acting(Forger.withHeader(machine, "{\"alg\":\"XX999\"}"))),
                actorToken(
                        "header is no object", "actor_token_invalid", () -> acting(Forger.withHeader(machine, "[]"))),
                actorToken(
                        "no algorithm",
                        "actor_token_invalid",
                        () -> acting(Forger.withHeader(machine, "{\"typ\":\"JWT\"}"))),
                actorToken("of another realm", "actor_token_invalid", () -> acting(ofAnotherRealm())),
                actorToken(
                        "expired",
                        "actor_token_invalid",
                        () -> acting(expired("gateway", () -> mesh.machine("gateway", "crm")))),
                actorToken(
                        "revoked",
                        "actor_token_invalid",
                        () -> acting(revoked("gateway", mesh.machine("gateway", "crm")))),
                actorToken("ID token", "actor_token_invalid", () -> {
                    String idToken =
                            mesh.signIn("bob", "gateway", "openid gateway:use").get("id_token");
                    return acting(idToken);
                }),
                actorToken(
                        "refresh token",
                        "actor_token_invalid",
                        () -> acting(
                                mesh.signIn("bob", "gateway", "gateway:use").refreshToken())),
                actorToken(
                        "offline token",
                        "actor_token_invalid",
                        () -> acting(mesh.signIn("bob", "gateway", "gateway:use offline_access")
                                .refreshToken())),
                actorToken(
                        "client was disabled meanwhile",
                        "actor_token_invalid",
                        () -> acting(agentOf("disabled-agent", id -> mesh.change(id, c -> c.setEnabled(false))))),
                actorToken(
                        "client was deleted meanwhile",
                        "actor_token_invalid",
                        () -> acting(agentOf(
                                "deleted-agent", id -> mesh.clientResource(id).remove()))),
                actorToken(
                        "service account was disabled meanwhile",
                        "actor_token_invalid",
                        () -> acting(agentOf("closed-agent", id -> {
                            UserRepresentation account = mesh.clientResource(id).getServiceAccountUser();
                            account.setEnabled(false);
                            mesh.admin().users().get(account.getId()).update(account);
                        }))),
                actorToken(
                        "suspended meanwhile",
                        "actor_inactive",
                        () -> acting(agentOf(
                                "suspended-agent",
                                id -> mesh.change(id, c -> c.getAttributes().put("mcp.suspended", "misbehaved"))))),
                actorToken(
                        "client was closed for older tokens meanwhile",
                        "actor_token_invalid",
                        () -> acting(agentOf(
                                "stale-agent",
                                id -> mesh.change(
                                        id, c -> c.setNotBefore((int) (System.currentTimeMillis() / 1000) + 60))))),
                actorToken("person was disabled meanwhile", "actor_token_invalid", () -> {
                    mesh.addUser("dora", "dora");
                    String token = mesh.direct("dora", "gateway");
                    user("dora", dora -> dora.setEnabled(false));
                    return acting(token);
                }),
                actorToken("person was deleted meanwhile", "actor_token_invalid", () -> {
                    String id = mesh.addUser("emil", "emil");
                    String token = mesh.direct("emil", "gateway");
                    mesh.admin().users().delete(id).close();
                    return acting(token);
                }),
                actorToken("person signed out meanwhile", "actor_token_invalid", () -> {
                    String id = mesh.addUser("fred", "fred");
                    String token = mesh.direct("fred", "gateway");
                    mesh.admin().users().get(id).logout();
                    return acting(token);
                }),
                actorToken(
                        "of another agent, for another server",
                        "actor_token_not_for_client",
                        () -> acting(mesh.machine("specialist", "crm"))),
                actorToken(
                        "of a person, for another server",
                        "actor_token_not_for_client",
                        () -> acting(mesh.direct("bob", "crm"))),
                actorToken("delegated itself", "actor_token_delegated", () -> {
                    String first = mesh.exchange("specialist", mesh.direct("bob", "specialist"), "gateway")
                            .expect(200)
                            .accessToken();
                    return acting(first);
                }),
                actorToken("machine token that others exchanged", "actor_token_delegated", () -> {
                    String first = mesh.exchange("specialist", mesh.machine("crm", "specialist"), "gateway")
                            .expect(200)
                            .accessToken();
                    return acting(first);
                }),
                actorToken("the subject itself", "actor_is_subject", () -> acting(mesh.direct("alice", "gateway"))),
                actorToken("bound to a key, without proof", "actor_token_unproven", () -> {
                    ECKey key = Keys.ec();
                    String bound = mesh.oauth()
                            .clientCredentials(as("gateway").proving(key), target("crm"))
                            .expect(200)
                            .accessToken();
                    return acting(bound);
                }),
                actorToken("bound to a key, proof by another", "actor_token_unproven", () -> {
                    String bound = mesh.oauth()
                            .clientCredentials(as("gateway").proving(Keys.ec()), target("crm"))
                            .expect(200)
                            .accessToken();
                    ECKey other = Keys.ec();
                    return () -> mesh.oauth()
                            .exchange(
                                    as("gateway").proving(other),
                                    subject,
                                    target("crm").and(actor(bound)));
                }));
    }

    @TestFactory
    @Tries({"RFC8693-2.1-actor", "RFC8693-2.1-subject"})
    Stream<DynamicTest> tokens_of_json_null() {
        return Stream.of(
                actorToken("header is null", "actor_token_invalid", () -> acting(Forger.withHeader(machine, "null"))),
                subjectToken(
                        "header is null",
                        "subject_token_invalid",
                        () -> exchanging(Forger.withHeader(subject, "null"))),
                subjectToken(
                        "claims are null",
                        "subject_token_invalid",
                        () -> exchanging(Forger.altered(subject, claims -> "null"))));
    }

    private static UnaryOperator<String> swap(String one, String other) {
        return claims -> claims.replace(one, other);
    }

    private static DynamicTest parameters(String name, String reason, Form extra) {
        return Attack.attack(
                mesh,
                "parameters: " + name,
                "invalid_request",
                reason,
                () -> () -> mesh.exchange("gateway", subject, target("crm").and(extra)));
    }

    @TestFactory
    @Tries("RFC8693-2.1-parameters")
    Stream<DynamicTest> parameters_that_do_not_fit() {
        return Stream.of(
                parameters("actor token without a type", "actor_token_type", Form.of("actor_token", machine)),
                parameters(
                        "type without an actor token", "actor_token_type", Form.of("actor_token_type", ACCESS_TOKEN)),
                parameters(
                        "empty type",
                        "actor_token_type",
                        Form.of("actor_token", machine).with("actor_token_type", "")),
                parameters(
                        "type too long for Keycloak",
                        "actor_token_type",
                        Form.of("actor_token_type", "b".repeat(10_000))),
                parameters(
                        "type id_token",
                        "actor_token_type",
                        Form.of("actor_token", machine)
                                .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")),
                parameters(
                        "two actor tokens",
                        "exchange_parameter_repeated",
                        actor(machine).with("actor_token", machine)),
                parameters(
                        "a bad and a good actor token",
                        "exchange_parameter_repeated",
                        Form.of("actor_token", "garbage").and(actor(machine))),
                parameters(
                        "two actor token types",
                        "exchange_parameter_repeated",
                        actor(machine).with("actor_token_type", ACCESS_TOKEN)),
                parameters("two subject tokens", "exchange_parameter_repeated", Form.of("subject_token", subject)),
                parameters("two scopes", "exchange_parameter_repeated", Form.of("scope", "crm:use")),
                parameters(
                        "two requested types",
                        "exchange_parameter_repeated",
                        Form.of("requested_token_type", ACCESS_TOKEN).with("requested_token_type", ACCESS_TOKEN)));
    }

    private static DynamicTest subjectToken(String name, String reason, Attack.Preparation token) {
        return Attack.attack(mesh, "subject token: " + name, "invalid_request", reason, token);
    }

    private static DynamicTest subjectType(String type) {
        return Attack.attack(
                mesh,
                "subject token type: " + type,
                "invalid_request",
                "",
                () -> () -> mesh.exchange(
                        "gateway",
                        subject,
                        target("crm").with("subject_token_type", "urn:ietf:params:oauth:token-type:" + type)));
    }

    @TestFactory
    @Tries({"RFC8693-2.1-subject", "ASI07"})
    Stream<DynamicTest> subject_tokens_that_are_not_the_users() {
        return Stream.of(
                subjectToken("garbage", "subject_token_invalid", () -> exchanging("garbage")),
                // Keycloak says itself that it is missing.
                subjectToken("empty", "", () -> exchanging("")),
                subjectToken("unsigned", "subject_token_invalid", () -> exchanging(Forger.unsigned(subject))),
                subjectToken("signature left out", "subject_token_invalid", () -> exchanging(Forger.stripped(subject))),
                subjectToken(
                        "signed by a stranger", "subject_token_invalid", () -> exchanging(Forger.resigned(subject))),
                subjectToken(
                        "public key as secret",
                        "subject_token_invalid",
                        () -> exchanging(Forger.confused(subject, rsaKey()))),
                subjectToken(
                        "another user written in",
                        "subject_token_invalid",
                        () -> exchanging(Forger.altered(
                                subject, claims -> claims.replaceFirst("\"sub\":\"[^\"]*", "\"sub\":\"bob")))),
                subjectToken("of another realm", "subject_token_invalid", () -> exchanging(ofAnotherRealm())),
                subjectToken(
                        "expired",
                        "subject_token_invalid",
                        () -> exchanging(expired("desk", () -> mesh.direct("alice", "gateway")))),
                subjectToken(
                        "revoked",
                        "subject_token_invalid",
                        () -> exchanging(revoked("desk", mesh.direct("alice", "gateway")))),
                subjectToken(
                        "ID token",
                        "subject_token_invalid",
                        () -> exchanging(mesh.signIn("bob", "gateway", "openid gateway:use")
                                .get("id_token"))),
                subjectToken(
                        "refresh token",
                        "subject_token_invalid",
                        () -> exchanging(
                                mesh.signIn("bob", "gateway", "gateway:use").refreshToken())),
                subjectToken("user signed out", "subject_token_invalid", () -> {
                    String id = mesh.addUser("gina", "gina");
                    String token = mesh.direct("gina", "gateway");
                    mesh.admin().users().get(id).logout();
                    return exchanging(token);
                }),
                subjectToken("user disabled", "subject_token_invalid", () -> {
                    mesh.addUser("hugo", "hugo");
                    String token = mesh.direct("hugo", "gateway");
                    user("hugo", hugo -> hugo.setEnabled(false));
                    return exchanging(token);
                }),
                subjectToken("user deleted", "subject_token_invalid", () -> {
                    String id = mesh.addUser("ines", "ines");
                    String token = mesh.direct("ines", "gateway");
                    mesh.admin().users().delete(id).close();
                    return exchanging(token);
                }),
                subjectToken(
                        "for another server",
                        "subject_token_not_for_client",
                        () -> exchanging(mesh.direct("alice", "crm"))),
                subjectToken("bound to a key, by its holder without proof", "subject_token_unproven", () -> {
                    String bound = mesh.oauth()
                            .clientCredentials(as("gateway").proving(Keys.ec()), target("crm"))
                            .expect(200)
                            .accessToken();
                    return () -> mesh.exchange("gateway", bound, "tickets");
                }),
                subjectToken("the agent's own", "actor_is_subject", () -> exchanging(machine)),
                Attack.attack(
                        mesh,
                        "subject token: left out",
                        "invalid_request",
                        "",
                        () -> () -> mesh.oauth()
                                .token(
                                        as("gateway"),
                                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
                                                .with("subject_token_type", ACCESS_TOKEN)
                                                .and(target("crm")))),
                Attack.attack(
                        mesh,
                        "subject token type: left out",
                        "invalid_request",
                        "",
                        () -> () -> mesh.oauth()
                                .token(
                                        as("gateway"),
                                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
                                                .with("subject_token", subject)
                                                .and(target("crm")))),
                subjectType("id_token"),
                subjectType("refresh_token"),
                Attack.attack(mesh, "subject token type: jwt of an ID token", "invalid_request", "", () -> {
                    String idToken = mesh.signIn("alice", "gateway", "openid gateway:use")
                            .get("id_token");
                    return () -> mesh.exchange(
                            "gateway",
                            idToken,
                            target("crm").with("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"));
                }),
                subjectType("saml2"),
                Attack.attack(
                        mesh,
                        "client: a public one",
                        "invalid_request",
                        "",
                        () -> () -> mesh.exchange("desk", subject, "crm")));
    }

    @TestFactory
    @Tries({"RFC8693-2.1-target", "RFC8693-5-scope", "ASI01"})
    Stream<DynamicTest> targets_and_scopes_beyond_the_policy() {
        return Stream.of(
                beyond("unknown resource", "invalid_target", "resource_unknown", Form.of("resource", uri("nowhere"))),
                beyond("relative resource", "invalid_target", "resource_malformed", Form.of("resource", "/mcp")),
                beyond(
                        "resource with a fragment",
                        "invalid_target",
                        "resource_malformed",
                        Form.of("resource", uri("crm") + "#a")),
                beyond(
                        "two resources",
                        "invalid_target",
                        "resource_multiple",
                        Form.of("resource", uri("crm")).with("resource", uri("tickets"))),
                beyond(
                        "two audiences",
                        "invalid_target",
                        "resource_multiple",
                        Form.of("audience", "crm").with("audience", "tickets")),
                beyond(
                        "resource and audience differ",
                        "invalid_target",
                        "resource_multiple",
                        Form.of("resource", uri("crm")).with("audience", "tickets")),
                beyond("audience that is no server", "invalid_target", "resource_unknown", Form.of("audience", "desk")),
                beyond(
                        "audience of Keycloak itself",
                        "invalid_target",
                        "resource_unknown",
                        Form.of("audience", "realm-management")),
                beyond("no target at all", "invalid_target", "resource_ambiguous", Form.empty()),
                beyond(
                        "scope of another server",
                        "invalid_scope",
                        "scope_not_owned",
                        Form.of("resource", uri("crm")).with("scope", "tickets:use")),
                beyond(
                        "scope that nobody assigned",
                        "invalid_scope",
                        "",
                        Form.of("resource", uri("crm")).with("scope", "crm:use crm:admin")),
                beyond(
                        "scope that does not exist",
                        "invalid_scope",
                        "",
                        Form.of("resource", uri("crm")).with("scope", "crm:use nothing")),
                Attack.attack(mesh, "target: not among the agent's", "invalid_target", "resource_not_allowed", () -> {
                    String token = mesh.exchange("gateway", subject, "specialist")
                            .expect(200)
                            .accessToken();
                    String own = mesh.exchange("specialist", token, "crm")
                            .expect(200)
                            .accessToken();
                    mesh.change("crm", c -> c.getAttributes().put("mcp.allowed-resources", uri("tickets")));
                    return () -> {
                        Reply reply = mesh.exchange("crm", own, "archive");
                        mesh.change("crm", c -> c.getAttributes().put("mcp.allowed-resources", ""));
                        return reply;
                    };
                }));
    }

    private static DynamicTest beyond(String name, String error, String reason, Form form) {
        return Attack.attack(
                mesh, "target: " + name, error, reason, () -> () -> mesh.exchange("gateway", subject, form));
    }

    private static DynamicTest policy(String name, String reason, Map<String, ?> policy, Attack.Preparation attack) {
        return Attack.attack(mesh, "policy: " + name, "invalid_request", reason, () -> {
            mesh.policy(Map.of("require-may-act", "never", "max-chain-depth", 8));
            Callable<Reply> request = attack.prepare();
            mesh.policy(policy);
            return () -> {
                Reply reply = request.call();
                mesh.policy(POLICY);
                return reply;
            };
        });
    }

    private static String hop(String client, String token, String server) {
        return mesh.exchange(client, token, server).expect(200).accessToken();
    }

    @Test
    void a_misspelt_requirement_cannot_be_saved() {
        try {
            assertThatThrownBy(() -> mesh.policy(Map.of("require-may-act", "nver")))
                    .isInstanceOf(BadRequestException.class);
        } finally {
            mesh.policy(POLICY);
        }
    }

    @TestFactory
    @Tries({"RFC8693-4.1-chain", "RFC8693-5-client", "RFC8693-4.4-may-act"})
    Stream<DynamicTest> exchanges_that_the_policy_forbids() {
        String refresh = DelegationRealm.REFRESH_TOKEN;
        String type = "urn:ietf:params:oauth:token-type:";
        return Stream.of(
                policy(
                        "no actor token",
                        "actor_token_missing",
                        Map.of("require-actor-token", "true"),
                        () -> exchanging(subject)),
                policy(
                        "actor token, and nobody may act",
                        "may_act_missing",
                        Map.of(),
                        () -> acting(mesh.machine("gateway", "crm"))),
                policy(
                        "a person whom nobody allowed to act",
                        "may_act_missing",
                        Map.of(),
                        () -> acting(mesh.direct("bob", "gateway"))),
                policy(
                        "nobody may act",
                        "may_act_missing",
                        Map.of("require-may-act", "always"),
                        () -> exchanging(subject)),
                policy(
                        "actor is not listed",
                        "actor_not_allowed",
                        Map.of("allowed-actors", List.of("specialist", "some-role")),
                        () -> exchanging(subject)),
                policy(
                        "a person without a listed role",
                        "actor_not_allowed",
                        Map.of("require-may-act", "never", "allowed-actor-roles", List.of("helpdesk")),
                        () -> acting(mesh.direct("bob", "gateway"))),
                policy(
                        "refresh token",
                        "exchange_refresh_not_allowed",
                        Map.of(),
                        () -> () ->
                                mesh.exchange("gateway", subject, target("crm").with("requested_token_type", refresh))),
                policy(
                        "ID token",
                        "exchange_token_type",
                        Map.of(),
                        () -> () -> mesh.exchange(
                                "gateway", subject, target("crm").with("requested_token_type", type + "id_token"))),
                policy(
                        "SAML assertion",
                        "exchange_token_type",
                        Map.of(),
                        () -> () -> mesh.exchange(
                                "gateway", subject, target("crm").with("requested_token_type", type + "saml2"))),
                policy(
                        "plain JWT",
                        "exchange_token_type",
                        Map.of(),
                        () -> () -> mesh.exchange(
                                "gateway", subject, target("crm").with("requested_token_type", type + "jwt"))),
                policy("actor twice at once", "actor_repeated", Map.of(), () -> {
                    String first = hop("gateway", subject, "crm");
                    return () -> mesh.exchange("gateway", first, "tickets");
                }),
                policy("actor twice in a circle", "actor_repeated", Map.of("max-chain-depth", 8), () -> {
                    String back = hop("specialist", hop("gateway", subject, "specialist"), "gateway");
                    return () -> mesh.exchange("gateway", back, "crm");
                }),
                policy("chain too deep", "chain_too_deep", Map.of("max-chain-depth", 2), () -> {
                    String deep = hop("specialist", hop("gateway", subject, "specialist"), "crm");
                    return () -> mesh.exchange("crm", deep, "tickets");
                }),
                policy("chain deeper than by default", "chain_too_deep", Map.of(), () -> {
                    String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    String deep = hop("crm", hop("specialist", hop("gateway", user, "specialist"), "crm"), "tickets");
                    return () -> mesh.exchange("tickets", deep, "archive");
                }),
                policy("an earlier actor was suspended meanwhile", "actor_inactive", Map.of(), () -> {
                    String own = hop("gateway", subject, "specialist");
                    Runnable undo =
                            mesh.change("gateway", c -> c.getAttributes().put("mcp.suspended", "misbehaved"));
                    return () -> {
                        Reply reply = mesh.exchange("specialist", own, "crm");
                        undo.run();
                        mesh.change("gateway", c -> c.getAttributes().put("mcp.suspended", ""));
                        return reply;
                    };
                }),
                policy(
                        "an earlier actor was disabled meanwhile",
                        "actor_inactive",
                        Map.of("max-chain-depth", 8),
                        () -> {
                            String own = hop("specialist", hop("gateway", subject, "specialist"), "crm");
                            Runnable undo = mesh.change("gateway", c -> c.setEnabled(false));
                            return () -> {
                                Reply reply = mesh.exchange("crm", own, "tickets");
                                undo.run();
                                return reply;
                            };
                        }),
                policy("the last actor was disabled meanwhile", "subject_token_invalid", Map.of(), () -> {
                    String own = hop("gateway", subject, "specialist");
                    Runnable undo = mesh.change("gateway", c -> c.setEnabled(false));
                    return () -> {
                        Reply reply = mesh.exchange("specialist", own, "crm");
                        undo.run();
                        return reply;
                    };
                }),
                Attack.attack(
                        mesh,
                        "policy: scope that the subject token does not hold",
                        "invalid_scope",
                        "subject_scope_not_held",
                        () -> {
                            mesh.policy(Map.of("scope-rule", "subset"));
                            return () -> {
                                Reply reply = mesh.exchange("gateway", subject, "crm");
                                mesh.policy(POLICY);
                                return reply;
                            };
                        }));
    }
}
