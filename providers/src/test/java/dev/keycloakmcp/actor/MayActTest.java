package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.Actor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MayActTest {

    private static final String ISSUER = "https://issuer.example.com";
    private static final Actor GATEWAY = new Actor("sa-1", "gateway");

    @Test
    void reads_the_example_of_rfc_8693_section_4_4() {
        MayAct named = MayAct.read(Map.of("sub", "admin@example.com")).orElseThrow();
        assertThat(named.allows(new Actor("admin@example.com", "any"), ISSUER)).isTrue();
        assertThat(named.allows(new Actor("admin@example.net", "any"), ISSUER)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "sa-1, gateway, https://issuer.example.com, true",
                "sa-1, gateway, -, true",
                "sa-1, -, -, true",
                "-, gateway, -, true",
                "sa-1, -, https://issuer.example.com, true",
                "sa-2, gateway, -, false",
                "sa-1, crm, -, false",
                "sa-1, gateway, https://other.example.com, false",
                "-, crm, -, false"
            })
    void everything_the_claim_says_has_to_be_true(String subject, String clientId, String issuer, boolean allowed) {
        Map<String, Object> claim = new HashMap<>();
        claim.put("sub", subject);
        claim.put("client_id", clientId);
        claim.put("iss", issuer);
        claim.values().removeIf(value -> value == null);
        MayAct named = MayAct.read(claim).orElseThrow();
        assertThat(named.allows(GATEWAY, ISSUER)).isEqualTo(allowed);
        assertThat(named.toClaim()).isEqualTo(claim);
    }

    @Test
    void nobody_is_no_actor() {
        assertThat(MayAct.read(MayAct.NOBODY.toClaim())).contains(MayAct.NOBODY);
        assertThat(MayAct.NOBODY.allows(GATEWAY, ISSUER)).isFalse();
        assertThat(MayAct.NOBODY.allows(new Actor("none", "none"), ISSUER)).isFalse();
    }

    @Test
    void refuses_what_names_nobody_or_cannot_be_checked() {
        assertThat(MayAct.read(null)).isEmpty();
        assertThat(MayAct.read("gateway")).isEmpty();
        assertThat(MayAct.read(List.of(Map.of("sub", "a")))).isEmpty();
        assertThat(MayAct.read(Map.of())).isEmpty();
        assertThat(MayAct.read(Map.of("iss", ISSUER))).isEmpty();
        assertThat(MayAct.read(Map.of("sub", " "))).isEmpty();
        assertThat(MayAct.read(Map.of("sub", 1))).isEmpty();
        assertThat(MayAct.read(Map.of("sub", "a", "client_id", List.of("b")))).isEmpty();
        assertThat(MayAct.read(Map.of("sub", "a", "email", "a@example.com"))).isEmpty();
    }

    @Test
    void ignores_members_that_mean_nothing_there() {
        assertThat(MayAct.read(Map.of("sub", "a", "exp", 1, "nbf", 1, "iat", 1, "aud", "b", "jti", "c")))
                .contains(new MayAct(Optional.of("a"), Optional.empty(), Optional.empty()));
    }

    @Property
    void whoever_is_named_is_allowed_and_nobody_else(
            @ForAll("names") String subject, @ForAll("names") String clientId, @ForAll("names") String other) {
        Actor actor = new Actor(subject, clientId);
        MayAct named = MayAct.read(MayAct.of(actor).toClaim()).orElseThrow();
        assertThat(named.allows(actor, ISSUER)).isTrue();
        assertThat(named.allows(new Actor(other, clientId), ISSUER)).isEqualTo(other.equals(subject));
        assertThat(named.allows(new Actor(subject, other), ISSUER)).isEqualTo(other.equals(clientId));
    }

    /** Not jqwik's {@code @NotBlank}: that is about ASCII's blanks and lets a name of nothing but U+2003 through. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().filter(Predicate.not(String::isBlank));
    }
}
