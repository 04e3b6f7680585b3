package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.admin.client.resource.UsersResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A chain names who acts: nobody acts under the id of another, and nobody who is gone goes on acting. */
@KeycloakTest
class ActorIdentityIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.add(Client.confidential("plain", "plain")
                .redirects(REDIRECT)
                .defaults("basic")
                .mappers(DelegationRealm.audience("itself", "plain")));
    }

    /** A client without a service account, so that its client id is what {@code act.sub} would say. */
    private static Client imitating(String id) {
        return Client.confidential(id, id)
                .redirects(REDIRECT)
                .directAccess()
                .exchanges()
                .fullScope(false)
                .defaults("basic", "mcp-actor")
                .optional("gateway:use", "crm:use")
                .mappers(DelegationRealm.audience("itself", id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"of a person", "of another agent"})
    @Tries({"RFC8693-4.1-forge", "ASI03-impersonation"})
    void a_client_with_the_id_of_an_account_acts_for_nobody(String whose) {
        String id = whose.equals("of a person") ? mesh.userId("bob") : mesh.serviceAccount("specialist");
        mesh.add(imitating(id));
        Reply signedIn = mesh.signInAt(id, "alice", target("crm"));
        assertThat(signedIn.error()).as(signedIn.toString()).isEqualTo("unauthorized_client");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "client_id_ambiguous");

        String own = mesh.oauth()
                .token(as(id), Form.password("alice", "alice").and(target("crm")))
                .expect(200)
                .accessToken();
        Reply exchanged = mesh.exchange(id, own, "gateway");
        assertThat(exchanged.error()).as(exchanged.toString()).isEqualTo("unauthorized_client");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "client_id_ambiguous");
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void may_act_never_names_an_account_by_way_of_a_client_id() {
        String id = mesh.serviceAccount("archive");
        mesh.add(imitating(id));
        Runnable undo = mesh.addMapper(
                "desk",
                Scope.mapper("may-act", "oidc-mcp-may-act-mapper", Map.of("actor", id, "access.token.claim", "true")));
        Jwt token = Jwt.decode(mesh.direct("alice", "archive"));
        undo.run();
        assertThat(token.claims().path("may_act").path("sub").asText()).isNotEqualTo(id);
    }

    /** The user's token for a server that owns the scope of another. */
    private static String direct(String server) {
        return mesh.direct("alice", server, "crm:use");
    }

    private static boolean isActive(String server, String token) {
        return mesh.oauth().introspect(as(server), token).json().path("active").asBoolean();
    }

    @Test
    @Tries({"RFC8693-5-revocation", "ASI10-stop"})
    void a_client_that_took_the_name_of_a_renamed_one_does_not_hide_its_suspension() {
        mesh.add(DelegationRealm.agent("roamer").resource(DelegationRealm.uri("roamer"), "crm:use"));
        String first =
                mesh.exchange("roamer", direct("roamer"), "crm").expect(200).accessToken();
        String held = mesh.exchange("crm", first, "tickets").expect(200).accessToken();
        assertThat(isActive("tickets", held)).isTrue();
        mesh.change("roamer", client -> client.setClientId("roamer-2"));
        mesh.add(DelegationRealm.agent("roamer"));
        mesh.change("roamer-2", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));

        assertThat(isActive("tickets", held)).isFalse();
        assertThat(mesh.exchange("tickets", held, "archive").error()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_inactive");
    }

    @Test
    @Tries({"ASI10-trace", "RFC8693-4.1-forge"})
    void a_client_id_with_commas_does_not_look_like_several_clients() {
        String id = "desk,gateway";
        mesh.add(DelegationRealm.agent(id).resource(DelegationRealm.uri("listed"), "crm:use"));
        String hop = mesh.exchange(id, direct("listed"), "crm").expect(200).accessToken();
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("delegation_chain", "desk%2Cgateway")
                .containsEntry("delegation_chain_depth", "1");
        mesh.exchange("crm", hop, "tickets").expect(200);
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("delegation_chain", "desk%2Cgateway,crm")
                .containsEntry("delegation_chain_depth", "2");
    }

    @ParameterizedTest
    @CsvSource({"own, disabled", "own, deleted", "master, disabled", "master, deleted"})
    @Tries({"RFC8693-5-revocation", "RFC8693-1.1-impersonation", "ASI03-stale"})
    void an_administrator_who_is_gone_acts_no_more_in_a_session_taken_over(String home, String gone) {
        String name = "helper-" + UUID.randomUUID().toString().substring(0, 8);
        String realm = home.equals("own") ? mesh.name() : "master";
        UsersResource users = mesh.server().admin().realm(realm).users();
        String id = administrator(realm, name);
        TakenOverSession session = TakenOverSession.of(mesh, "bob", realm, name, name);
        Reply tokens = session.signIn("gateway", "openid gateway:use");
        assertThat(chain(tokens)).containsExactly("desk", "security-admin-console");
        Reply bare = session.signIn("plain", Form.of("scope", "openid"));
        String exchanged = mesh.exchange("gateway", tokens.accessToken(), "crm")
                .expect(200)
                .accessToken();
        assertThat(isActive("gateway", tokens.accessToken())).isTrue();
        assertThat(isActive("crm", exchanged)).isTrue();
        assertThat(isActive("plain", bare.accessToken())).isTrue();

        if (gone.equals("deleted")) {
            users.delete(id).close();
        } else {
            UserRepresentation helper = users.get(id).toRepresentation();
            helper.setEnabled(false);
            users.get(id).update(helper);
        }

        assertThat(mesh.exchange("gateway", tokens.accessToken(), "crm").error())
                .isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_inactive");
        assertThat(mesh.exchange("crm", exchanged, "tickets").error()).isEqualTo("invalid_request");
        assertThat(mesh.oauth()
                        .refresh(as("desk"), tokens.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        assertThat(mesh.oauth()
                        .refresh(as("plain"), bare.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        assertThat(isActive("gateway", tokens.accessToken())).isFalse();
        assertThat(isActive("crm", exchanged)).isFalse();
        assertThat(isActive("plain", bare.accessToken())).isFalse();
        assertThat(mesh.oauth().userInfo(tokens.accessToken()).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "consent", "required action"})
    @Tries({"RFC8693-1.1-impersonation", "ASI10-trace"})
    void an_administrator_who_took_over_a_session_acts_first_whatever_pages_the_browser_shows(String page) {
        String client = "page-" + page.replace(' ', '-');
        Client app = Client.confidential(client, client)
                .redirects(REDIRECT)
                .defaults("basic", "mcp-actor")
                .optional("crm:use");
        mesh.add(page.equals("consent") ? app.consent() : app);
        Form request =
                Form.of("client_id", client).with("redirect_uri", REDIRECT).and(target("crm", "openid crm:use"));
        Browser browser = new Browser();
        assertThat(mesh.oauth().authorize(request, browser).asksForLogin()).isTrue();
        TakenOverSession.of(mesh, "bob", browser);
        UserResource bob = mesh.admin().users().get(mesh.userId("bob"));
        requires(bob, page.equals("required action") ? List.of("UPDATE_PROFILE") : List.of());
        try {
            Authorization signIn = mesh.oauth().authorize(request, browser);
            assertThat(signIn.isDone()).isEqualTo(page.equals("none"));
            if (page.equals("required action")) {
                signIn = signIn.fill(
                        "form#kc-update-profile-form",
                        Form.of("email", "bob@example.com")
                                .with("firstName", "Bob")
                                .with("lastName", "Bobson"));
            } else if (page.equals("consent")) {
                signIn = signIn.consent(true);
            }
            Reply tokens = mesh.oauth().code(as(client), signIn, Form.empty());
            assertThat(chain(tokens)).containsExactly(client, "security-admin-console");
            assertThat(mesh.oauth()
                            .introspect(as("crm"), tokens.accessToken())
                            .json()
                            .at("/act/act/client_id")
                            .asText())
                    .isEqualTo("security-admin-console");
        } finally {
            requires(bob, List.of());
        }
    }

    private static void requires(UserResource user, List<String> actions) {
        UserRepresentation changed = user.toRepresentation();
        changed.setRequiredActions(actions);
        user.update(changed);
    }

    private static String administrator(String realm, String name) {
        UserRepresentation user = new UserRepresentation();
        user.setUsername(name);
        user.setEnabled(true);
        user.setEmail(name + "@example.com");
        user.setFirstName("Help");
        user.setLastName("Desk");
        CredentialRepresentation password = new CredentialRepresentation();
        password.setType(CredentialRepresentation.PASSWORD);
        password.setValue(name);
        user.setCredentials(List.of(password));
        var admin = mesh.server().admin().realm(realm);
        admin.users().create(user).close();
        String id = admin.users().searchByUsername(name, true).get(0).getId();
        if (realm.equals("master")) {
            admin.users()
                    .get(id)
                    .roles()
                    .realmLevel()
                    .add(List.of(admin.roles().get("admin").toRepresentation()));
        } else {
            mesh.grant(id, "realm-management", "impersonation");
        }
        return id;
    }
}
