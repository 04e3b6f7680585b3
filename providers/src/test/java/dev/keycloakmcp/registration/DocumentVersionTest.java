package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.registration.DocumentChange.Keys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DocumentVersionTest {

    private static final Map<String, Object> ONE = key("one", "AA");
    private static final Map<String, Object> TWO = key("two", "BB");

    private static final DocumentVersion FIRST = version("App", Set.of("https://app.example/cb"), ONE);

    @Test
    void the_same_is_no_change() {
        DocumentChange change = FIRST.to(version("App", Set.of("https://app.example/cb"), ONE));
        assertThat(change).isEqualTo(new DocumentChange(false, false, false, Keys.SAME));
        assertThat(change.asksConsentAgain()).isFalse();
        assertThat(change.endsRefreshTokens()).isFalse();
    }

    @Test
    void another_name_or_redirect_asks_again() {
        DocumentChange named = FIRST.to(version("Other", Set.of("https://app.example/cb"), ONE));
        assertThat(named).isEqualTo(new DocumentChange(true, false, false, Keys.SAME));
        assertThat(named.asksConsentAgain()).isTrue();
        assertThat(named.endsRefreshTokens()).isFalse();
        DocumentChange led = FIRST.to(version("App", Set.of("https://app.example/cb", "http://localhost/"), ONE));
        assertThat(led).isEqualTo(new DocumentChange(false, true, false, Keys.SAME));
        assertThat(led.asksConsentAgain()).isTrue();
        assertThat(led.endsRefreshTokens()).isFalse();
    }

    @Test
    void another_method_asks_again_and_ends_refresh_tokens() {
        DocumentChange change =
                FIRST.to(new DocumentVersion(FIRST.name(), FIRST.redirectUris(), AuthMethod.NONE, FIRST.keys()));
        assertThat(change).isEqualTo(new DocumentChange(false, false, true, Keys.SAME));
        assertThat(change.asksConsentAgain()).isTrue();
        assertThat(change.endsRefreshTokens()).isTrue();
    }

    @Test
    void other_keys_ask_again_and_end_refresh_tokens() {
        DocumentChange change = FIRST.to(version("App", Set.of("https://app.example/cb"), TWO));
        assertThat(change).isEqualTo(new DocumentChange(false, false, false, Keys.REPLACED));
        assertThat(change.asksConsentAgain()).isTrue();
        assertThat(change.endsRefreshTokens()).isTrue();
        assertThat(FIRST.to(version("App", Set.of("https://app.example/cb"))).keys())
                .isEqualTo(Keys.REPLACED);
    }

    @Test
    void a_rotation_in_which_one_key_stays_disturbs_nobody() {
        DocumentVersion both = version("App", Set.of("https://app.example/cb"), ONE, TWO);
        for (DocumentChange change : List.of(FIRST.to(both), both.to(FIRST))) {
            assertThat(change).isEqualTo(new DocumentChange(false, false, false, Keys.ROTATED));
            assertThat(change.asksConsentAgain()).isFalse();
            assertThat(change.endsRefreshTokens()).isFalse();
        }
    }

    @Test
    void a_key_is_what_it_is_by_itself_not_by_its_name() {
        assertThat(FIRST.to(version("App", Set.of("https://app.example/cb"), key("renamed", "AA")))
                        .keys())
                .isEqualTo(Keys.SAME);
        assertThat(FIRST.to(version("App", Set.of("https://app.example/cb"), key("one", "CC")))
                        .keys())
                .isEqualTo(Keys.REPLACED);
    }

    @Test
    void it_is_read_from_what_the_client_is_to_be() {
        Registration client = Samples.admitted(Samples.request());
        DocumentVersion version = DocumentVersion.of(client, List.of(ONE));
        assertThat(version)
                .isEqualTo(new DocumentVersion(
                        Optional.of("A client"), Set.of("http://localhost/callback"), AuthMethod.NONE, List.of(ONE)));
    }

    @SafeVarargs
    private static DocumentVersion version(String name, Set<String> redirects, Map<String, Object>... keys) {
        return new DocumentVersion(Optional.of(name), redirects, AuthMethod.PRIVATE_KEY_JWT, List.of(keys));
    }

    private static Map<String, Object> key(String kid, String x) {
        return Map.of("kty", "OKP", "crv", "Ed25519", "kid", kid, "use", "sig", "x", x);
    }
}
