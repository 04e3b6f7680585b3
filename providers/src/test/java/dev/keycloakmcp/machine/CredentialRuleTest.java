package dev.keycloakmcp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialRuleTest {

    private static final String ISSUER = "https://id.example.com/realms/mesh";
    private static final String TOKEN_ENDPOINT = ISSUER + "/protocol/openid-connect/token";
    private static final Set<String> SERVER = Set.of(ISSUER, TOKEN_ENDPOINT);
    private static final long NOW = 1_800_000_000L;
    private static final long DAY = 86_400;

    private static final CredentialRule RULE = new CredentialRule(
            Set.of("private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth"), 300, 0);
    private static final CredentialRule YOUNG_SECRETS =
            new CredentialRule(Set.of("client_secret_basic", "client_secret_jwt", "tls_client_auth"), 300, 30);

    private static ClientAssertion assertion(long issuedAt, long expiresAt) {
        return new ClientAssertion("RS256", List.of(ISSUER), OptionalLong.of(issuedAt), expiresAt);
    }

    private static ClientCredential by(String method, ClientAssertion assertion) {
        return new ClientCredential(method, 1, assertion, OptionalLong.empty());
    }

    private static ClientCredential secret(OptionalLong createdAt) {
        return new ClientCredential("client_secret_basic", 1, ClientAssertion.UNREADABLE, createdAt);
    }

    private static ReasonCode reason(CredentialRule rule, ClientCredential credential) {
        return rule.decide(credential, SERVER, NOW, assertion -> true).reason();
    }

    private static ReasonCode reason(ClientAssertion assertion) {
        return reason(RULE, by("private_key_jwt", assertion));
    }

    @ParameterizedTest
    @CsvSource({
        "private_key_jwt, OK",
        "client_secret_basic, OK",
        "client_secret_post, OK",
        "tls_client_auth, OK",
        "client_secret_jwt, CREDENTIAL_METHOD_NOT_ALLOWED",
        "federated-jwt, CREDENTIAL_METHOD_NOT_ALLOWED",
        "none, CREDENTIAL_METHOD_NOT_ALLOWED",
        "'', CREDENTIAL_METHOD_NOT_ALLOWED",
    })
    void only_the_methods_of_the_list_are_allowed(String method, ReasonCode expected) {
        assertThat(reason(RULE, by(method, assertion(NOW, NOW + 60)))).isEqualTo(expected);
    }

    @Test
    void a_method_without_a_registered_name_can_be_allowed_by_its_authenticator() {
        CredentialRule federated = new CredentialRule(Set.of("federated-jwt"), 300, 30);
        assertThat(reason(federated, by("federated-jwt", ClientAssertion.UNREADABLE)))
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void an_allowed_credential_is_returned() {
        ClientCredential credential = by("private_key_jwt", assertion(NOW, NOW + 60));
        assertThat(RULE.decide(credential, SERVER, NOW, assertion -> true)).isEqualTo(Decision.allow(credential));
    }

    @Test
    void one_way_to_authenticate_at_a_time() {
        ClientCredential two =
                new ClientCredential("client_secret_post", 2, ClientAssertion.UNREADABLE, OptionalLong.empty());
        assertThat(reason(RULE, two)).isEqualTo(ReasonCode.CREDENTIAL_MULTIPLE);
        assertThat(ReasonCode.CREDENTIAL_MULTIPLE.error()).isEqualTo("invalid_request");
        // A client certificate is none of the ways that are counted.
        assertThat(reason(
                        RULE,
                        new ClientCredential("tls_client_auth", 0, ClientAssertion.UNREADABLE, OptionalLong.empty())))
                .isEqualTo(ReasonCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"})
    void assertions_signed_by_a_private_key_are_allowed(String algorithm) {
        assertThat(reason(new ClientAssertion(algorithm, List.of(ISSUER), OptionalLong.of(NOW), NOW + 60)))
                .isEqualTo(ReasonCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "NONE", "HS256", "HS512", "RS25", "RS2561", "rs256", "xRS256"})
    void assertions_signed_otherwise_are_not(String algorithm) {
        assertThat(reason(new ClientAssertion(algorithm, List.of(ISSUER), OptionalLong.of(NOW), NOW + 60)))
                .isEqualTo(ReasonCode.ASSERTION_ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void client_secret_jwt_is_the_other_way_round_and_its_secret_ages() {
        ClientAssertion mac = new ClientAssertion("HS256", List.of(ISSUER), OptionalLong.of(NOW), NOW + 60);
        assertThat(reason(YOUNG_SECRETS, new ClientCredential("client_secret_jwt", 1, mac, OptionalLong.of(NOW - DAY))))
                .isEqualTo(ReasonCode.OK);
        assertThat(reason(
                        YOUNG_SECRETS,
                        new ClientCredential("client_secret_jwt", 1, mac, OptionalLong.of(NOW - 31 * DAY))))
                .isEqualTo(ReasonCode.SECRET_TOO_OLD);
        assertThat(reason(YOUNG_SECRETS, by("client_secret_jwt", assertion(NOW, NOW + 60))))
                .isEqualTo(ReasonCode.ASSERTION_ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void the_audience_is_this_authorization_server_and_nothing_else() {
        assertThat(reasonForAudience(ISSUER)).isEqualTo(ReasonCode.OK);
        assertThat(reasonForAudience(TOKEN_ENDPOINT)).isEqualTo(ReasonCode.OK);
        for (String other : List.of(
                ISSUER + "/",
                ISSUER + "/protocol/openid-connect/token/introspect",
                "https://id.example.com/realms/other",
                "",
                "*")) {
            assertThat(reasonForAudience(other)).isEqualTo(ReasonCode.ASSERTION_AUDIENCE_MISMATCH);
        }
        assertThat(reasonForAudience()).isEqualTo(ReasonCode.ASSERTION_AUDIENCE_MISMATCH);
        assertThat(reasonForAudience(ISSUER, TOKEN_ENDPOINT)).isEqualTo(ReasonCode.ASSERTION_AUDIENCE_MISMATCH);
        assertThat(reasonForAudience(ISSUER, "https://attacker.example"))
                .isEqualTo(ReasonCode.ASSERTION_AUDIENCE_MISMATCH);
    }

    private static ReasonCode reasonForAudience(String... audience) {
        return reason(new ClientAssertion("RS256", List.of(audience), OptionalLong.of(NOW), NOW + 60));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 300, OK",
        "0, 301, ASSERTION_LIFETIME_TOO_LONG",
        "-200, 100, OK",
        "-201, 100, ASSERTION_LIFETIME_TOO_LONG",
        "10, 310, OK",
        "10, 311, ASSERTION_LIFETIME_TOO_LONG",
        "0, 3153600000, ASSERTION_LIFETIME_TOO_LONG",
    })
    void an_assertion_lives_for_the_configured_time_at_most(long issued, long expires, ReasonCode expected) {
        assertThat(reason(assertion(NOW + issued, NOW + expires))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"300, OK", "301, ASSERTION_LIFETIME_TOO_LONG"})
    void without_an_issue_time_the_lifetime_counts_from_now(long expires, ReasonCode expected) {
        assertThat(reason(new ClientAssertion("RS256", List.of(ISSUER), OptionalLong.empty(), NOW + expires)))
                .isEqualTo(expected);
    }

    @Test
    void an_assertion_that_never_expires_or_cannot_be_read_is_refused() {
        assertThat(reason(assertion(NOW, Long.MAX_VALUE))).isEqualTo(ReasonCode.ASSERTION_LIFETIME_TOO_LONG);
        assertThat(reason(assertion(Long.MAX_VALUE, Long.MAX_VALUE))).isEqualTo(ReasonCode.ASSERTION_LIFETIME_TOO_LONG);
        assertThat(reason(ClientAssertion.UNREADABLE)).isEqualTo(ReasonCode.ASSERTION_ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void an_assertion_is_good_for_one_use_and_only_asked_about_when_everything_else_is_right() {
        List<ClientAssertion> asked = new ArrayList<>();
        ClientAssertion good = assertion(NOW, NOW + 60);
        assertThat(RULE.decide(by("private_key_jwt", good), SERVER, NOW, assertion -> !asked.add(assertion))
                        .reason())
                .isEqualTo(ReasonCode.ASSERTION_REPLAYED);
        assertThat(asked).containsExactly(good);

        RULE.decide(by("private_key_jwt", assertion(NOW, NOW + 301)), SERVER, NOW, assertion -> !asked.add(assertion));
        RULE.decide(by("client_secret_basic", good), SERVER, NOW, assertion -> !asked.add(assertion));
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, OK",
        "2592000, OK",
        "2592001, SECRET_TOO_OLD",
        "315360000, SECRET_TOO_OLD",
        "-60, OK",
        "-61, SECRET_AGE_UNKNOWN",
    })
    void a_secret_may_not_be_older_than_the_configured_days(long age, ReasonCode expected) {
        assertThat(reason(YOUNG_SECRETS, secret(OptionalLong.of(NOW - age)))).isEqualTo(expected);
    }

    @Test
    void a_secret_of_unknown_age_is_refused_where_age_counts() {
        assertThat(reason(YOUNG_SECRETS, secret(OptionalLong.empty()))).isEqualTo(ReasonCode.SECRET_AGE_UNKNOWN);
        assertThat(reason(RULE, secret(OptionalLong.empty()))).isEqualTo(ReasonCode.OK);
        assertThat(reason(RULE, secret(OptionalLong.of(0)))).isEqualTo(ReasonCode.OK);
    }

    @Test
    void certificates_and_keys_have_no_secret_that_ages() {
        assertThat(reason(YOUNG_SECRETS, by("tls_client_auth", ClientAssertion.UNREADABLE)))
                .isEqualTo(ReasonCode.OK);
        CredentialRule keys = new CredentialRule(Set.of("private_key_jwt"), 300, 1);
        assertThat(reason(keys, by("private_key_jwt", assertion(NOW, NOW + 60))))
                .isEqualTo(ReasonCode.OK);
    }

    @Property
    void no_assertion_that_lives_longer_than_allowed_passes(
            @ForAll @LongRange(min = -1000, max = 1000) long issued,
            @ForAll long expires,
            @ForAll @IntRange(min = 1, max = 3600) int limit) {
        CredentialRule rule = new CredentialRule(Set.of("private_key_jwt"), limit, 0);
        boolean passes = reason(rule, by("private_key_jwt", assertion(NOW + issued, expires))) == ReasonCode.OK;
        assertThat(passes).isEqualTo(expires <= NOW + issued + limit);
    }

    @Property
    void what_is_not_listed_never_passes(@ForAll String method) {
        CredentialRule rule = new CredentialRule(Set.of("private_key_jwt"), 300, 0);
        assertThat(reason(rule, by(method, assertion(NOW, NOW + 60))) == ReasonCode.OK)
                .isEqualTo("private_key_jwt".equals(method));
    }

    @Test
    void an_assumed_assertion_is_one_that_is_accepted() {
        ClientAssertion assumed = ClientAssertion.assumed(Set.of("https://b.example", "https://a.example"), 1000);

        assertThat(assumed.algorithm()).isEqualTo("RS256");
        assertThat(assumed.audience()).containsExactly("https://a.example");
        assertThat(assumed.issuedAt()).hasValue(1000);
        assertThat(assumed.expiresAt()).isEqualTo(1001);
    }
}
