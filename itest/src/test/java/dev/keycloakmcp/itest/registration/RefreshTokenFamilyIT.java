package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.TestRealm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Several logins of one registered client in one browser: each has refresh tokens of its own. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefreshTokenFamilyIT {

    /** Longer than the grace in which a token may come again. */
    private static final Duration LATER = Duration.ofSeconds(12);

    private Registrations registrations;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("0")));
        RealmBuilder.realm()
                .settings(settings -> settings.setAccessTokenLifespan(3600))
                .events("REFRESH_TOKEN")
                .addTo(realm);
    }

    private Reply login(Reply client, Browser browser, String scope, String resource) {
        Authorization authorization =
                registrations.authorize(client.get("client_id"), CALLBACK, scope, resource, browser);
        return registrations
                .oauth()
                .code(authOf(client), authorization, Form.empty())
                .expect(200);
    }

    private Reply refresh(Reply client, Reply tokens) {
        return registrations.oauth().refresh(authOf(client), tokens.refreshToken(), Form.empty());
    }

    private boolean isActive(Reply tokens) {
        return registrations
                .oauth()
                .introspect(ClientAuth.basic("server", "secret"), tokens.accessToken())
                .json()
                .path("active")
                .asBoolean();
    }

    @Test
    @Tries({"RFC9700-2.2.2", "RFC9700-4.14"})
    void aReplayedTokenEndsItsOwnLoginAndLeavesTheLoginsForOtherServersAlone() {
        Reply client = registrations.register(publicClient("Two servers")).expect(201);
        for (String offline : List.of("", " offline_access")) {
            Browser browser = new Browser();
            Reply stolen = login(client, browser, "mcp:read" + offline, SERVER);
            Reply other = login(client, browser, "other:read" + offline, OTHER);
            Reply untouched = login(client, browser, "other:read" + offline, OTHER);
            Reply rightful = refresh(client, stolen).expect(200);
            other = refresh(client, other).expect(200);
            assertThat(isActive(rightful)).isTrue();
            assertThat(isActive(stolen)).isTrue();
            Until.passes(LATER);

            assertThat(refresh(client, stolen).error()).isEqualTo("invalid_grant");
            assertThat(refresh(client, rightful).error()).isEqualTo("invalid_grant");
            assertThat(isActive(rightful)).isFalse();
            assertThat(isActive(stolen)).as("the access token of the code").isFalse();
            refresh(client, refresh(client, other).expect(200)).expect(200);
            refresh(client, untouched).expect(200);
        }
    }

    @Test
    @Tries({"RFC9700-2.2.2", "RFC9700-4.14"})
    void aReplayedTokenIsNotTakenAfterManyOtherLogins() {
        Reply client = registrations.register(publicClient("Many logins")).expect(201);
        Browser browser = new Browser();
        Reply stolen = login(client, browser, "mcp:read", SERVER);
        Reply rightful = refresh(client, stolen).expect(200);
        Reply first = login(client, browser, "mcp:read", SERVER);
        Reply second = refresh(client, first).expect(200);
        for (int count = 0; count < 29; count++) {
            refresh(client, login(client, browser, "mcp:read", SERVER)).expect(200);
        }
        Until.passes(LATER);
        rightful = refresh(client, rightful).expect(200);
        assertThat(refresh(client, stolen).error()).isEqualTo("invalid_grant");
        assertThat(refresh(client, rightful).error()).isEqualTo("invalid_grant");

        Reply newest = first;
        // Of logins of one second any may be forgotten first, so that there are more than fifty of later ones.
        for (int count = 0; count < 51; count++) {
            newest = refresh(client, login(client, browser, "mcp:read", SERVER)).expect(200);
        }
        for (Reply forgotten : List.of(first, second)) {
            assertThat(refresh(client, forgotten).error()).isEqualTo("invalid_grant");
            assertThat(registrations.events("REFRESH_TOKEN_ERROR").get(0).getDetails())
                    .containsEntry("mcp_reason", "refresh_token_forgotten");
        }
        refresh(client, newest).expect(200);
    }
}
