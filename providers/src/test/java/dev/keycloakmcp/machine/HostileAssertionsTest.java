package dev.keycloakmcp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.decision.Decision;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Client assertions as nobody should make them. */
class HostileAssertionsTest {

    private static final String ISSUER = "https://keycloak.example/realms/mesh";
    private static final long NOW = 1_800_000_000L;

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Property
    void an_assertion_is_good_for_this_server_alone_and_a_short_time(
            @ForAll("texts") String algorithm,
            @ForAll("texts") String audience,
            @ForAll boolean goodAlgorithm,
            @ForAll boolean goodAudience,
            @ForAll long issuedAt,
            @ForAll long expiresAt) {
        ClientAssertion assertion = new ClientAssertion(
                goodAlgorithm ? "ES256" : algorithm,
                List.of(goodAudience ? ISSUER : audience),
                issuedAt % 2 == 0 ? OptionalLong.empty() : OptionalLong.of(NOW + issuedAt % 1000),
                expiresAt % 2 == 0 ? expiresAt : NOW + expiresAt % 1000);
        Decision<ClientCredential> decision = new CredentialRule(Set.of("private_key_jwt"), 300, 0)
                .decide(
                        new ClientCredential("private_key_jwt", 1, assertion, OptionalLong.empty()),
                        Set.of(ISSUER),
                        NOW,
                        any -> true);
        if (decision.allowed().isPresent()) {
            assertThat(assertion.algorithm()).matches("(RS|PS|ES)(256|384|512)|EdDSA|Ed25519|Ed448");
            assertThat(assertion.audience()).containsExactly(ISSUER);
            assertThat(assertion.expiresAt())
                    .isLessThanOrEqualTo(assertion.issuedAt().orElse(NOW) + 300);
        }
        decision.denied().ifPresent(deny -> assertThat(deny.reason().error()).isEqualTo("invalid_client"));
    }

    @Property
    void a_method_that_is_not_listed_is_refused(@ForAll("texts") String method) {
        assertThat(new CredentialRule(Set.of("private_key_jwt"), 300, 0)
                        .decide(
                                new ClientCredential(method, 1, ClientAssertion.UNREADABLE, OptionalLong.empty()),
                                Set.of(ISSUER),
                                NOW,
                                any -> true)
                        .denied())
                .isPresent();
    }
}
