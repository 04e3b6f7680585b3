package dev.keycloakmcp.itest.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** The examples of RFC 8693, with its names, as tokens of a realm. */
@KeycloakTest
class RfcExamplesIT {

    private static final String BACKEND = "https://backend.example.com";

    private static TestRealm realm;
    private static DelegationRealm rfc;

    @BeforeAll
    static void create(KeycloakServer server) {
        RealmRepresentation rep = new RealmRepresentation();
        rep.setRealm("rfc8693-" + UUID.randomUUID().toString().substring(0, 8));
        rep.setEnabled(true);
        rep.setClientScopes(List.of(
                Scope.named("api"),
                Scope.hidden("basic", Scope.mapper("sub", "oidc-sub-mapper", Map.of("access.token.claim", "true")))));
        rep.setClients(List.of(
                // It has no server's scope, so that its tokens are for the parties of the examples and not for one
                // server.
                client("app").directAccess().optional(),
                client("consumer.example.net").serviceAccount(),
                client("admin.example.com").serviceAccount(),
                client("https://service16.example.com").resource("https://service16.example.com", "api"),
                client("https://service77.example.com").resource("https://service77.example.com", "api"),
                client("https://consumer.example.com").resource("https://consumer.example.com", "api"),
                client("backend").resource(BACKEND, "api")));
        rep.setUsers(List.of(
                user("user@example.com", null),
                user("bdc@example.net", null),
                user("admin@example.net", "consumer.example.net"),
                user("admin@example.com", "admin.example.com")));
        realm = TestRealm.create(server, rep);
        rfc = new DelegationRealm(realm);
        rfc.policy(Map.of());
    }

    @AfterAll
    static void remove() {
        realm.close();
    }

    private static Client client(String clientId) {
        return Client.confidential(clientId, "secret")
                .standardFlow(false)
                .fullScope(false)
                .exchanges()
                .defaults("basic")
                .optional("api");
    }

    private static UserRepresentation user(String id, String serviceAccountOf) {
        UserRepresentation user = new UserRepresentation();
        user.setId(id);
        user.setEnabled(true);
        if (serviceAccountOf == null) {
            CredentialRepresentation password = new CredentialRepresentation();
            password.setType("password");
            password.setValue("password");
            user.setUsername(id);
            user.setEmail(id);
            user.setEmailVerified(true);
            user.setFirstName("First");
            user.setLastName("Last");
            user.setCredentials(List.of(password));
        } else {
            user.setUsername("service-account-" + serviceAccountOf);
            user.setServiceAccountClientId(serviceAccountOf);
        }
        return user;
    }

    private static ClientAuth as(String client) {
        return ClientAuth.post(client, "secret");
    }

    /** A token of the user, with an audience of one that it can be exchanged by. */
    private static String userToken(String user, String audience, ProtocolMapperRepresentation... mappers) {
        var added = realm.admin().clients().get(rfc.client("app").getId()).getProtocolMappers();
        for (ProtocolMapperRepresentation mapper : mappers) {
            added.createMapper(mapper).close();
        }
        added.createMapper(Scope.mapper(
                        "audience",
                        "oidc-audience-mapper",
                        Map.of("included.client.audience", audience, "access.token.claim", "true")))
                .close();
        String token = rfc.oauth()
                .token(as("app"), Form.password(user, "password"))
                .expect(200)
                .accessToken();
        added.getMappers().forEach(mapper -> added.delete(mapper.getId()));
        return token;
    }

    private static ProtocolMapperRepresentation mayAct(String client) {
        return Scope.mapper(
                "may-act", "oidc-mcp-may-act-mapper", Map.of("actor", client, "access.token.claim", "true"));
    }

    @Test
    void section_4_1_nested_actors() {
        String subject = userToken("user@example.com", "https://service77.example.com");
        Reply first = rfc.oauth()
                .exchange(
                        as("https://service77.example.com"),
                        subject,
                        Form.of("resource", "https://service16.example.com").with("scope", "api"))
                .expect(200);
        Reply second = rfc.oauth()
                .exchange(
                        as("https://service16.example.com"),
                        first.accessToken(),
                        Form.of("resource", "https://consumer.example.com").with("scope", "api"))
                .expect(200);
        Jwt token = rfc.oauth().verify(second.accessToken());
        assertThat(token.audience()).containsExactly("https://consumer.example.com");
        assertThat(token.text("iss")).isEqualTo(realm.issuer().toString());
        assertThat(token.text("sub")).isEqualTo("user@example.com");
        JsonNode act = token.claims().path("act");
        assertThat(act.path("sub").asText()).isEqualTo("https://service16.example.com");
        assertThat(act.path("act").path("sub").asText()).isEqualTo("https://service77.example.com");
        assertThat(act.path("act").has("act")).isFalse();
    }

    @Test
    void section_4_4_may_act() {
        String subject = userToken("user@example.com", "admin.example.com", mayAct("admin.example.com"));
        Jwt token = Jwt.decode(subject);
        assertThat(token.text("sub")).isEqualTo("user@example.com");
        assertThat(token.claims().path("may_act").path("sub").asText()).isEqualTo("admin@example.com");

        Reply allowed = rfc.oauth()
                .exchange(
                        as("admin.example.com"),
                        subject,
                        Form.of("resource", BACKEND).with("scope", "api"));
        assertThat(Jwt.decode(allowed.expect(200).accessToken())
                        .claims()
                        .path("act")
                        .path("sub")
                        .asText())
                .isEqualTo("admin@example.com");
        String elsewhere = userToken("user@example.com", "consumer.example.net", mayAct("admin.example.com"));
        assertThat(rfc.oauth()
                        .exchange(
                                as("consumer.example.net"),
                                elsewhere,
                                Form.of("resource", BACKEND).with("scope", "api"))
                        .error())
                .isEqualTo("invalid_request");
    }

    @Test
    void appendix_a_2_delegation() {
        String subject = userToken("bdc@example.net", "consumer.example.net", mayAct("consumer.example.net"));
        assertThat(Jwt.decode(subject).claims().path("may_act").path("sub").asText())
                .isEqualTo("admin@example.net");
        String actor = rfc.oauth()
                .clientCredentials(
                        as("consumer.example.net"), Form.of("resource", BACKEND).with("scope", "api"))
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(actor).text("sub")).isEqualTo("admin@example.net");
        Reply reply = rfc.oauth()
                .exchange(
                        as("consumer.example.net"),
                        subject,
                        Form.of("audience", BACKEND)
                                .with("scope", "api")
                                .with("requested_token_type", DelegationRealm.ACCESS_TOKEN)
                                .and(DelegationRealm.actor(actor)))
                .expect(200);
        assertThat(reply.get("issued_token_type")).isEqualTo(DelegationRealm.ACCESS_TOKEN);
        assertThat(reply.get("token_type")).isEqualTo("Bearer");
        Jwt token = rfc.oauth().verify(reply.accessToken());
        assertThat(token.audience()).containsExactly(BACKEND);
        assertThat(token.text("sub")).isEqualTo("bdc@example.net");
        assertThat(token.scopes()).containsExactly("api");
        assertThat(token.claims().path("act").path("sub").asText()).isEqualTo("admin@example.net");
        assertThat(token.claims().path("exp").asLong())
                .isLessThanOrEqualTo(Jwt.decode(subject).claims().path("exp").asLong());
    }
}
