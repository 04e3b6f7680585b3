package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registered clients with secrets and keys log in, and are who they say only with them. */
@KeycloakTest(
        args = {
            "--spi-client-registration--mcp--clean-up-interval=2",
            "--proxy-headers=xforwarded",
            "--spi-connections-http-client--default--disable-trust-manager=true"
        },
        process = true)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegisteredKeysIT {

    private Registrations registrations;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(
                realm,
                Map.of(
                        "https-redirect-hosts", List.of("127.0.0.1:*"),
                        "max-registrations-per-source", List.of("0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_secret_basic", "client_secret_post"})
    @Tries({"RFC9700-2.5", "RFC7523-6-method"})
    void a_secret_is_needed_in_the_registered_way(String method) {
        Reply client = registrations
                .register(with(publicClient(method), "token_endpoint_auth_method", method))
                .expect(201);
        String id = client.get("client_id");
        String secret = client.get("client_secret");

        logsIn(client, Registrations.authOf(client));

        assertThat(redeem(client, ClientAuth.none(id)).status()).isEqualTo(401);
        assertThat(redeem(client, ClientAuth.post(id, "guessed")).status()).isEqualTo(401);
        ClientAuth other = method.endsWith("post") ? ClientAuth.basic(id, secret) : ClientAuth.post(id, secret);
        assertThat(redeem(client, other).status()).isEqualTo(401);
    }

    @Test
    @Tries({"RFC7591-5-keys", "RFC7523-3-signature"})
    void keys_in_the_registration_are_needed() throws JOSEException {
        ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        RSAKey rsa =
                new RSAKeyGenerator(2048).keyID("rsa").keyUse(KeyUse.SIGNATURE).generate();
        for (JWK key : List.of(ec, rsa)) {
            Map<String, Object> metadata = with(publicClient("Keys"), "token_endpoint_auth_method", "private_key_jwt");
            metadata.put("jwks", Map.of("keys", List.of(key.toPublicJWK().toJSONObject())));
            Reply client = registrations.register(metadata).expect(201);
            assertThat(client.find("client_secret")).isEmpty();

            logsIn(client, ClientAuth.privateKeyJwt(client.get("client_id"), key));
            JWK stranger = new ECKeyGenerator(Curve.P_256).keyID(key.getKeyID()).generate();
            refused(client, stranger);
        }
    }

    @Test
    @Tries({"RFC7591-5-keys", "RFC7523-3-signature"})
    void keys_at_the_site_of_the_client_are_needed(@TempDir Path folder) throws JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_256)
                .keyID("site")
                .keyUse(KeyUse.SIGNATURE)
                .generate();
        try (LocalSite site = LocalSite.https(folder)) {
            site.put(
                    "/jwks",
                    Reply.write(Map.of("keys", List.of(key.toPublicJWK().toJSONObject()))));
            Map<String, Object> metadata = with(publicClient("Site"), "token_endpoint_auth_method", "private_key_jwt");
            metadata.put("jwks_uri", site.uri("/jwks").toString());
            Reply client = registrations.register(metadata).expect(201);

            logsIn(client, ClientAuth.privateKeyJwt(client.get("client_id"), key));
            refused(client, new ECKeyGenerator(Curve.P_256).keyID("site").generate());
        }
    }

    private void refused(Reply client, JWK stranger) {
        for (ClientAuth auth : List.of(
                ClientAuth.privateKeyJwt(client.get("client_id"), stranger),
                ClientAuth.none(client.get("client_id")))) {
            Reply refused = redeem(client, auth);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("invalid_client");
        }
    }

    private void logsIn(Reply client, ClientAuth auth) {
        Reply tokens = redeem(client, auth).expect(200);
        assertThat(registrations.oauth().verify(tokens.accessToken()).text("aud"))
                .isEqualTo(SERVER);
        Reply refreshed = registrations
                .oauth()
                .refresh(auth, tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(registrations.oauth().verify(refreshed.accessToken()).text("aud"))
                .isEqualTo(SERVER);
    }

    private Reply redeem(Reply client, ClientAuth auth) {
        Authorization login =
                registrations.authorize(client.get("client_id"), CALLBACK, "mcp:read", SERVER, new Browser());
        return registrations.oauth().code(auth, login, Form.empty());
    }
}
