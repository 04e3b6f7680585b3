package dev.keycloakmcp.itest.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;

/** What no registered client may do, whichever way it registered. */
final class CodeFlowOnly {

    private CodeFlowOnly() {}

    /**
     * No other grant, no other response type, and PKCE by S256 alone.
     *
     * @param authorization an authorization request that would be fine
     */
    static void assertHolds(OAuthClient oauth, ClientAuth auth, String accessToken, Form authorization) {
        assertRefused(oauth.clientCredentials(auth, Form.empty()), 401, "unauthorized_client");
        assertRefused(oauth.token(auth, Form.password("alice", "alice")), 400, "unauthorized_client");
        assertRefused(oauth.exchange(auth, accessToken, Form.empty()), 400, "invalid_request");
        assertRefused(oauth.post(oauth.endpoint("auth/device"), auth, Form.empty()), 400, "unauthorized_client");
        assertRefused(oauth, authorization.with("response_type", "token"), "unauthorized_client");
        assertRefused(oauth, authorization.with("code_challenge_method", ""), "invalid_request");
        assertRefused(
                oauth,
                authorization.with("code_challenge", "a".repeat(43)).with("code_challenge_method", "plain"),
                "invalid_request");
    }

    private static void assertRefused(Reply reply, int status, String error) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(error);
    }

    private static void assertRefused(OAuthClient oauth, Form authorization, String error) {
        assertThat(oauth.authorize(authorization).callback().get("error")).isEqualTo(error);
    }
}
