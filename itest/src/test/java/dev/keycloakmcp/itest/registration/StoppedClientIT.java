package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;

/** Clients that an administrator suspended begin nothing, and do not come back by another door. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoppedClientIT {

    private static final ClientAuth AGENT = ClientAuth.basic("agent", "secret");

    private TestRealm realm;
    private String manager;

    @BeforeAll
    void configure(KeycloakServer server) {
        realm = RealmBuilder.realm()
                .scopes("mcp:read")
                .clients(
                        Registrations.server("server", SERVER, "mcp:read"),
                        Client.confidential("agent", "secret")
                                .redirects(CALLBACK)
                                .serviceAccount()
                                .consent()
                                .attribute("oauth2.device.authorization.grant.enabled", "true")
                                .attribute("oidc.ciba.grant.enabled", "true")
                                .optional("mcp:read"))
                .registration("anonymous", Map.of("max-registrations-per-source", List.of("0")))
                .users("alice", "bob")
                .events("PUSHED_AUTHORIZATION_REQUEST", "OAUTH2_DEVICE_AUTH", "LOGIN")
                .policies(ClientPolicy.mcp(
                        Map.of("mcp-resource-indicator", Map.of(), "mcp-client-credentials", Map.of())))
                .create(server, "stopped");
        manager = realm.administrator("manager", "manage-clients", "view-clients");
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    private URI suspension(String clientId) {
        return realm.adminUri("mcp/actors/" + clientId + "/suspension");
    }

    private Reply suspend(String clientId) {
        return realm.oauth().sendJson("PUT", suspension(clientId), "{\"reason\":\"stolen\"}", manager);
    }

    private boolean isSuspended(String clientId) {
        return "stolen".equals(realm.client(clientId).getAttributes().get("mcp.suspended"));
    }

    private void whileSuspended(Consumer<Form> attempt) {
        suspend("agent").expect(204);
        try {
            attempt.accept(Form.of("scope", "openid mcp:read").with("resource", SERVER));
        } finally {
            realm.oauth().delete(suspension("agent"), manager).expect(204);
        }
    }

    private void assertRefused(Reply reply, String event) {
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("unauthorized_client");
        assertThat(realm.events(event).get(0).getDetails()).containsEntry("mcp_reason", "client_suspended");
    }

    @Test
    @Tries("ASI10-stop")
    void aSuspendedClientPushesNoAuthorizationRequest() {
        whileSuspended(request -> assertRefused(
                realm.oauth().push(AGENT, request.with("redirect_uri", CALLBACK).with("response_type", "code")),
                "PUSHED_AUTHORIZATION_REQUEST_ERROR"));
    }

    @Test
    @Tries("ASI10-stop")
    void aSuspendedClientGetsNoDeviceCode() {
        whileSuspended(request -> assertRefused(
                realm.oauth().post(realm.oauth().endpoint("auth/device"), AGENT, request), "OAUTH2_DEVICE_AUTH_ERROR"));
    }

    @Test
    @Tries("ASI10-stop")
    void aSuspendedClientAsksNobodyByBackchannel() {
        whileSuspended(request -> assertRefused(
                realm.oauth()
                        .post(
                                realm.oauth().endpoint("ext/ciba/auth"),
                                AGENT,
                                request.with("login_hint", "alice").with("binding_message", "hello")),
                "LOGIN_ERROR"));
    }

    @Test
    @Tries("ASI10-stop")
    void aConsentForAClientSuspendedMeanwhileIsNotStored() {
        Form request = Form.of("client_id", "agent")
                .with("redirect_uri", CALLBACK)
                .with("scope", "openid mcp:read")
                .with("resource", SERVER);
        Authorization asked = realm.oauth().authorize(request, new Browser()).login("alice", "alice");
        assertThat(asked.asksForConsent()).isTrue();
        whileSuspended(same -> {
            Authorization answered = asked.consent(true);
            assertThat(answered.isDone()).isFalse();
            assertThat(answered.page().status()).isEqualTo(400);
        });
        assertThat(realm.admin().users().get(realm.userId("alice")).getConsents())
                .as("what Keycloak stored")
                .noneMatch(consent -> consent.get("clientId").equals("agent"));
    }

    /** The doors by which a client with the id of a suspended one may come. */
    enum Door {
        KEYCLOAKS_REGISTRATION {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                test.realm.clientResource(client.getClientId()).remove();
                String token = test.realm
                        .admin()
                        .clientInitialAccess()
                        .create(new ClientInitialAccessCreatePresentation(60, 1))
                        .getToken();
                test.realm
                        .oauth()
                        .postJson(
                                URI.create(test.realm.issuer() + "/clients-registrations/default"),
                                Map.of("clientId", client.getClientId(), "secret", "secret"),
                                token)
                        .expect(201);
            }
        },
        THE_ADMIN_API {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                test.realm.clientResource(client.getClientId()).remove();
                test.realm.add(client);
            }
        },
        A_PARTIAL_IMPORT_THAT_OVERWRITES {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                PartialImportRepresentation imported = new PartialImportRepresentation();
                imported.setIfResourceExists("OVERWRITE");
                imported.setClients(List.of(client));
                try (Response response = test.realm.admin().partialImport(imported)) {
                    assertThat(response.getStatus()).isEqualTo(200);
                }
            }
        },
        A_STALE_SAVE {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                // As a page of the Admin Console sends it that was opened before: with all that the client had then.
                test.realm.change(client.getClientId(), saved -> {
                    saved.setEnabled(true);
                    Map<String, String> attributes = new HashMap<>(saved.getAttributes());
                    attributes.keySet().removeIf(name -> name.startsWith("mcp.suspended"));
                    saved.setAttributes(attributes);
                });
            }
        },
        A_PARTIAL_IMPORT_THAT_SKIPS {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                PartialImportRepresentation imported = new PartialImportRepresentation();
                imported.setIfResourceExists("SKIP");
                imported.setClients(List.of(client));
                try (Response response = test.realm.admin().partialImport(imported)) {
                    assertThat(response.getStatus()).isEqualTo(200);
                }
            }
        },
        A_CHANGE_OF_NAMES {
            @Override
            void enter(StoppedClientIT test, ClientRepresentation client) {
                String id = client.getClientId();
                test.realm.change(id, stopped -> stopped.setClientId(id + "-old"));
                assertThat(test.isSuspended(id + "-old")).isTrue();
                test.realm.add(Client.confidential(id + "-new", "secret"));
                test.realm.change(id + "-new", other -> other.setClientId(id));
            }
        };

        abstract void enter(StoppedClientIT test, ClientRepresentation client);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Door.class)
    @Tries({"ASI10-stop", "RFC7591-5-stock"})
    void aSuspendedClientDoesNotComeBackBy(Door door) {
        String id = "stopped-" + door.ordinal();
        Client client = Client.agent(id, "secret").optional("mcp:read");
        realm.add(client);
        suspend(id).expect(204);
        door.enter(this, Client.agent(id, "secret").optional("mcp:read"));
        assertThat(isSuspended(id)).isTrue();

        realm.oauth().delete(suspension(id), manager).expect(204);
        realm.clientResource(id).remove();
        realm.add(Client.agent(id, "secret"));
        assertThat(realm.client(id).getAttributes())
                .as("once an administrator let it go on")
                .doesNotContainKey("mcp.suspended");
    }

    @Test
    @Tries("ASI10-stop")
    void aPersonDoesNotLetASuspendedClientGoOnInTheAccountConsole() {
        realm.grant(realm.userId("alice"), "account", "manage-account", "manage-consent", "view-consent");
        realm.add(Client.application("console", CALLBACK).directAccess().fullScope(true));
        realm.add(Client.confidential("shared", "secret").redirects(CALLBACK).consent());
        suspend("shared").expect(204);
        String alice = realm.oauth()
                .token(
                        ClientAuth.none("console"),
                        Form.password("alice", "alice").with("scope", "openid"))
                .expect(200)
                .accessToken();
        URI consent = URI.create(realm.issuer() + "/account/v1alpha1/applications/shared/consent");
        assertThat(realm.oauth()
                        .sendJson("PUT", consent, Map.of("grantedScopes", List.of()), alice)
                        .status())
                .isEqualTo(200);
        assertThat(realm.oauth().delete(consent, alice).status()).isEqualTo(204);
        assertThat(isSuspended("shared")).isTrue();
        assertThat(realm.oauth()
                        .authorize(Form.of("client_id", "shared")
                                .with("redirect_uri", CALLBACK)
                                .with("scope", "openid"))
                        .callback()
                        .get("error"))
                .isEqualTo("unauthorized_client");
    }

    @Test
    void howManyPeopleShareAClientIsSaidBeforeAndWhenItIsSuspended() {
        String reader = realm.administrator("reader", "view-events", "view-clients");
        String stopper = realm.administrator("stopper", "view-events", "manage-clients");
        realm.add(Client.confidential("many", "secret").redirects(CALLBACK).consent());
        URI actor = realm.adminUri("mcp/actors/many");
        Supplier<Reply> read = () -> realm.oauth().get(actor, reader).expect(200);
        assertThat(read.get().json().get("people").asInt()).isZero();
        assertThat(read.get().json().get("suspended").asBoolean()).isFalse();
        for (String person : List.of("alice", "bob")) {
            Form request =
                    Form.of("client_id", "many").with("redirect_uri", CALLBACK).with("scope", "openid");
            Authorization allowed = realm.oauth()
                    .authorize(request, new Browser())
                    .login(person, person)
                    .consent(true);
            realm.oauth()
                    .code(ClientAuth.basic("many", "secret"), allowed, Form.empty())
                    .expect(200);
        }
        assertThat(read.get().json().get("people").asInt()).isEqualTo(2);

        Reply suspended = realm.oauth()
                .send(HttpRequest.newBuilder(suspension("many"))
                        .header("Authorization", "Bearer " + stopper)
                        .header("Content-Type", "application/json")
                        .header("Prefer", "respond-async, return=representation")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"reason\":\"stolen\"}")))
                .expect(200);
        assertThat(suspended.headers().firstValue("Preference-Applied")).hasValue("return=representation");
        assertThat(suspended.json().get("people").asInt()).isEqualTo(2);
        assertThat(suspended.json().get("suspended").asBoolean()).isTrue();
        assertThat(read.get().json().get("reason").asText()).isEqualTo("stolen");

        assertThat(realm.oauth()
                        .get(realm.adminUri("mcp/actors/nobody"), reader)
                        .status())
                .isEqualTo(404);
        assertThat(realm.oauth().get(actor, manager).status()).isEqualTo(403);
        assertThat(realm.oauth().get(URI.create(actor + "?people=true"), reader).status())
                .isEqualTo(400);
    }

    @Test
    @Tries("ASI10-stop")
    void aStaleSaveDoesNotStopAClientAgainThatAnAdministratorLetGoOn() {
        realm.add(Client.agent("freed", "secret").optional("mcp:read"));
        suspend("freed").expect(204);
        ClientRepresentation stale = realm.client("freed");
        realm.oauth().delete(suspension("freed"), manager).expect(204);
        realm.clientResource("freed").update(stale);
        assertThat(isSuspended("freed")).isFalse();
        assertThat(realm.client("freed").getAttributes()).doesNotContainKeys("mcp.suspended", "mcp.suspended-at");

        ClientRepresentation free = realm.client("freed");
        suspend("freed").expect(204);
        realm.clientResource("freed").update(free);
        realm.clientResource("freed").update(realm.client("freed"));
        assertThat(isSuspended("freed")).as("suspended anew").isTrue();
        realm.oauth().delete(suspension("freed"), manager).expect(204);
        realm.clientResource("freed").update(stale);
        assertThat(isSuspended("freed")).isFalse();
    }

    @Test
    @Tries("RFC9700-4.9.2")
    void whoMayNotSeeEventsOrClientsDoesNotLearnOfThemHere() {
        String viewer = realm.administrator("viewer", "view-events");
        realm.add(Client.confidential("hidden", "secret"));
        realm.add(Client.confidential("known", "secret"));
        for (String clientId : List.of("hidden", "nobody")) {
            assertThat(realm.oauth()
                            .get(realm.adminUri("mcp/actors/" + clientId), viewer)
                            .status())
                    .as(clientId)
                    .isEqualTo(403);
        }
        Reply suspended = realm.oauth()
                .send(HttpRequest.newBuilder(suspension("known"))
                        .header("Authorization", "Bearer " + manager)
                        .header("Content-Type", "application/json")
                        .header("Prefer", "return=representation")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"reason\":\"stolen\"}")))
                .expect(204);
        assertThat(suspended.headers().firstValue("Preference-Applied")).isEmpty();
        realm.oauth().get(realm.adminUri("mcp/actors/known"), viewer).expect(200);
    }

    @Test
    void whereASuspensionHasNoEffectItIsRefusedWithTheReason(KeycloakServer server) {
        realm.add(Client.confidential("saml", "secret"));
        realm.change("saml", client -> client.setProtocol("saml"));
        Reply refused = suspend("saml").expect(409);
        assertThat(refused.get("reason")).isEqualTo("other-protocol");
        assertThat(refused.errorDescription()).contains("disable the client");
        try (TestRealm plain = TestRealm.create(server, "plain")) {
            plain.add(Client.confidential("agent", "secret"));
            Reply useless = plain.oauth()
                    .sendJson(
                            "PUT",
                            plain.adminUri("mcp/actors/agent/suspension"),
                            "{\"reason\":\"stolen\"}",
                            server.adminToken())
                    .expect(409);
            assertThat(useless.get("reason")).isEqualTo("not-in-use");
            assertThat(plain.client("agent").getAttributes()).doesNotContainKey("mcp.suspended");
        }
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC7591-5-secret"})
    void whoRegistersUnderTheIdOfASuspendedClientIsNotToldWhoSuspendedItAndWhy() {
        realm.add(Client.confidential("told", "secret"));
        suspend("told").expect(204);
        realm.clientResource("told").remove();
        String invitation = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        URI endpoint = URI.create(realm.issuer() + "/clients-registrations/default");
        Map<String, ?> wanted = Map.of("clientId", "told", "attributes", Map.of("note", "mine"));
        Reply made = realm.oauth().postJson(endpoint, wanted, invitation).expect(201);
        assertThat(made.json().path("attributes").path("note").asText()).isEqualTo("mine");
        assertThat(made.json().toString()).doesNotContain("suspended", "stolen", "manager");
        Reply read = realm.oauth().get(URI.create(endpoint + "/told"), made.get("registrationAccessToken"));
        assertThat(read.status()).isEqualTo(401);
        assertThat(isSuspended("told")).isTrue();
    }

    @Test
    @Tries({"ASI10-stop", "RFC7592-5-token"})
    void aClientThatChangesItselfWithoutEndIsSuspendedAllTheSame() throws Exception {
        Reply client = realm.oauth().register("mcp", publicClient("Busy")).expect(201);
        String id = client.get("client_id");
        URI own = URI.create(client.get("registration_client_uri"));
        AtomicReference<String> token = new AtomicReference<>(client.get("registration_access_token"));
        AtomicBoolean stopped = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> loops = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                loops.add(threads.submit(() -> {
                    while (!stopped.get()) {
                        Reply changed = realm.oauth()
                                .sendJson("PUT", own, with(publicClient("Busy"), "client_id", id), token.get());
                        assertThat(changed.status()).isIn(200, 400, 401, 503);
                        changed.find("registration_access_token").ifPresent(token::set);
                    }
                }));
            }
            assertThat(suspend(id).status()).isEqualTo(204);
            stopped.set(true);
            for (Future<?> loop : loops) {
                loop.get();
            }
        } finally {
            stopped.set(true);
            threads.shutdownNow();
        }
        assertThat(isSuspended(id)).isTrue();
    }
}
