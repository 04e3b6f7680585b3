package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;

/** Clients that name themselves by the URL of a document about them, with Keycloak's feature for it. */
@KeycloakTest(
        features = {"resource-indicators", "token-exchange-delegation", "parameterized-scopes", "cimd"},
        process = true)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetadataDocumentIT {

    private static final String REDIRECT = "http://127.0.0.1/callback";
    private static final String DOCUMENTS = "client_id_metadata_document_supported";

    private Registrations registrations;
    private LocalSite site;

    @BeforeAll
    void configure(TestRealm realm) {
        site = LocalSite.http();
        Map<String, List<String>> configuration =
                Map.of("allowed-resources", List.of(SERVER), "max-registrations-per-source", List.of("0"));
        registrations = Registrations.in(realm, configuration);
        registrations.policies(List.of("metadata-document"), documents(true, List.of("127.0.0.1")));
    }

    @AfterAll
    void close() {
        site.close();
    }

    private static ClientPolicy documents(boolean enabled, List<String> domains) {
        return new ClientPolicy(
                "documents",
                enabled,
                Map.of(
                        "client-id-uri",
                        Map.of(
                                "client-id-uri-scheme",
                                List.of("http"),
                                "client-id-uri-allow-permitted-domains",
                                domains)),
                Map.of(
                        "client-id-metadata-document",
                        Map.of("cimd-allow-http-scheme", true, "cimd-allow-permitted-domains", domains)));
    }

    /** Publishes a document, and returns the client id. */
    private String publish(String path, Map<String, Object> metadata) {
        String clientId = site.uri(path).toString();
        site.put(path, Reply.write(with(metadata, "client_id", clientId)));
        return clientId;
    }

    private static Map<String, Object> document(String name) {
        return with(publicClient(name), "redirect_uris", List.of(REDIRECT));
    }

    @Test
    void a_document_has_the_device_grant_where_the_policy_allows_it() {
        String device = "urn:ietf:params:oauth:grant-type:device_code";
        String clientId = publish(
                "/device",
                with(document("Device"), "grant_types", List.of("authorization_code", "refresh_token", device)));
        Form request = Form.of("scope", "mcp:read").with("resource", SERVER);
        registrations
                .oauth()
                .authorize(request.with("client_id", clientId).with("redirect_uri", "http://127.0.0.1:49152/callback"));
        URI endpoint = registrations.oauth().endpoint("auth/device");
        assertThat(registrations
                        .oauth()
                        .post(endpoint, ClientAuth.none(clientId), request)
                        .status())
                .isEqualTo(400);

        Registration.configure(
                registrations,
                "anonymous",
                Map.of(
                        "allowed-resources",
                        List.of(SERVER),
                        "allowed-grant-types",
                        List.of("authorization_code", "refresh_token", device)));
        try {
            Reply asked = registrations.oauth().post(endpoint, ClientAuth.none(clientId), request);
            assertThat(asked.expect(200).get("device_code")).isNotEmpty();
        } finally {
            Registration.configure(
                    registrations,
                    "anonymous",
                    Map.of(
                            "allowed-resources",
                            List.of(SERVER),
                            "allowed-grant-types",
                            List.of("authorization_code", "refresh_token")));
        }
    }

    @Test
    @Tries("CIMD-privilege")
    void a_client_with_a_document_logs_in_with_consent_and_gets_narrow_tokens() {
        String clientId = publish("/narrow", document("Narrow"));
        Form request = Form.of("client_id", clientId)
                .with("redirect_uri", "http://127.0.0.1:49152/callback")
                .with("scope", registrations.advertisedScopes())
                .with("resource", SERVER);

        Authorization login = registrations.oauth().authorize(request).login("alice", "alice");
        assertThat(login.asksForConsent()).isTrue();
        Reply tokens = registrations
                .oauth()
                .code(ClientAuth.none(clientId), login.consent(true), Form.empty())
                .expect(200);

        Jwt token = registrations.oauth().verify(tokens.accessToken());
        assertThat(token.text("aud")).isEqualTo(SERVER);
        assertThat(token.text("scope").split(" "))
                .contains("mcp:read", "mcp:write")
                .doesNotContain("other:read");
        Reply refreshed = registrations
                .oauth()
                .refresh(ClientAuth.none(clientId), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(registrations.oauth().verify(refreshed.accessToken()).text("aud"))
                .isEqualTo(SERVER);
        assertThat(registrations
                        .oauth()
                        .authorize(request.with("x", "y"))
                        .login("alice", "alice")
                        .asksForConsent())
                .isFalse();
    }

    @Test
    @Tries({"CIMD-phishing", "MCP-documents"})
    void the_consent_page_says_where_the_document_is() {
        String clientId = publish("/documented", document("Documented"));
        registrations.settings(settings -> settings.setLoginTheme("mcp"));
        try {
            Authorization page = registrations
                    .oauth()
                    .authorize(Form.of("client_id", clientId)
                            .with("redirect_uri", "http://127.0.0.1:49152/callback")
                            .with("scope", "mcp:read")
                            .with("resource", SERVER))
                    .login("alice", "alice");
            assertThat(page.asksForConsent()).isTrue();
            assertThat(page.page().document().select("#mcp-client-name").text()).isEqualTo("Documented");
            assertThat(page.page().document().select("#mcp-client-origin").text())
                    .contains("It chose this name itself.")
                    .contains("It describes itself in a document on 127.0.0.1");
        } finally {
            registrations.settings(settings -> settings.setLoginTheme(""));
        }
    }

    @Test
    @Tries({"CIMD-privilege", "CIMD-redirect-host", "MCP-documents"})
    void what_registered_clients_may_not_do_it_may_not_do_either() throws JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_256)
                .keyID("one")
                .keyUse(KeyUse.SIGNATURE)
                .generate();
        Map<String, Object> greedy = document("Greedy");
        greedy.put("token_endpoint_auth_method", "private_key_jwt");
        greedy.put("jwks", Map.of("keys", List.of(key.toPublicJWK().toJSONObject())));
        greedy.put("response_types", List.of("code", "token", "id_token"));
        greedy.put("redirect_uris", List.of(REDIRECT, "http://127.0.0.1/any/*"));
        greedy.put(
                "grant_types",
                List.of(
                        "authorization_code",
                        "refresh_token",
                        "implicit",
                        "password",
                        "client_credentials",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "urn:openid:params:grant-type:ciba",
                        "urn:ietf:params:oauth:grant-type:token-exchange"));
        String clientId = publish("/greedy", greedy);
        ClientAuth auth = ClientAuth.privateKeyJwt(clientId, key);
        Form request = Form.of("client_id", clientId)
                .with("redirect_uri", REDIRECT)
                .with("scope", "mcp:read")
                .with("resource", SERVER);
        Authorization login = registrations.oauth().authorize(request).as("alice", "alice");
        Reply tokens = registrations.oauth().code(auth, login, Form.empty()).expect(200);

        CodeFlowOnly.assertHolds(registrations.oauth(), auth, tokens.accessToken(), request);
        assertThat(registrations
                        .oauth()
                        .token(
                                auth,
                                Form.of("grant_type", "urn:openid:params:grant-type:ciba")
                                        .with("auth_req_id", "x"))
                        .error())
                .isEqualTo("invalid_grant");
        Form elsewhere = Form.of("client_id", clientId)
                .with("redirect_uri", REDIRECT)
                .with("scope", "other:read")
                .with("resource", OTHER);
        assertThat(registrations.oauth().authorize(elsewhere).callback().get("error"))
                .isEqualTo("invalid_target");
        assertThat(registrations
                        .oauth()
                        .authorize(Form.of("client_id", clientId)
                                .with("redirect_uri", "http://127.0.0.1/any/where")
                                .with("scope", "mcp:read"))
                        .page()
                        .status())
                .isEqualTo(400);
        ClientRepresentation shown = registrations.client(clientId);
        assertThat(shown.isServiceAccountsEnabled()).isFalse();
        assertThat(shown.isDirectAccessGrantsEnabled()).isFalse();
        assertThat(shown.isImplicitFlowEnabled()).isFalse();
        assertThat(shown.isFullScopeAllowed()).isFalse();
        assertThat(shown.isConsentRequired()).isTrue();
    }

    @Test
    void browsers_get_tokens_from_the_origin_of_the_redirect() {
        String clientId = publish("/browser", document("In a browser"));
        Authorization login = registrations.authorize(clientId, REDIRECT, "mcp:read", SERVER, new Browser());

        Reply tokens = registrations
                .oauth()
                .code(ClientAuth.none(clientId).from("http://127.0.0.1"), login, Form.empty())
                .expect(200);

        assertThat(tokens.headers().firstValue("Access-Control-Allow-Origin")).contains("http://127.0.0.1");
    }

    @Test
    @Tries("RFC7592-5-token")
    void documents_cannot_be_managed_at_the_registration_endpoint() {
        String clientId = publish("/unmanaged", document("Unmanaged"));
        registrations.authorize(clientId, REDIRECT, "mcp:read", SERVER, new Browser());

        Reply refused = registrations
                .oauth()
                .send(HttpRequest.newBuilder(URI.create(
                                registrations.endpoint() + "/" + URLEncoder.encode(clientId, StandardCharsets.UTF_8)))
                        .GET());

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.error()).isEqualTo("invalid_token");
    }

    @Test
    @Tries("CIMD-advertise")
    void metadata_says_so_only_when_a_policy_makes_it_work(KeycloakServer server) {
        try (TestRealm realm = TestRealm.create(server, "documents")) {
            assertThat(advertised(realm)).isTrue(); // Keycloak's own document
            Registrations opted = Registrations.in(realm, Map.of());
            assertThat(advertised(realm)).isFalse();
            opted.policies(List.of(), documents(true, List.of()));
            assertThat(advertised(realm)).isFalse();
            opted.policies(List.of(), documents(false, List.of("127.0.0.1")));
            assertThat(advertised(realm)).isFalse();
            opted.policies(List.of(), documents(true, List.of("127.0.0.1")));
            assertThat(advertised(realm)).isTrue();
        }
    }

    private static boolean advertised(TestRealm realm) {
        JsonNode metadata = realm.oauth().metadata();
        return metadata.path(DOCUMENTS).asBoolean(false);
    }
}
