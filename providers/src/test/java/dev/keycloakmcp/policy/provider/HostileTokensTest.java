package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.HostileValues;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Assertions of others, which nobody has verified when they are first looked at. */
class HostileTokensTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Provide
    Arbitrary<Map<String, Object>> objects() {
        return HostileValues.objects();
    }

    @Provide
    Arbitrary<Object> values() {
        return HostileValues.values();
    }

    @Property
    void an_assertion_is_looked_at_whatever_it_is(
            @ForAll("objects") Map<String, Object> claims, @ForAll("texts") String noise)
            throws JsonProcessingException {
        DelegationClaims.areClaimedBy(noise);
        DelegationClaims.areClaimedBy(noise + "." + noise + "." + noise);
        String payload = encode(JSON.writeValueAsString(claims));
        String encoded = encode("{\"alg\":\"RS256\"}") + "." + payload + "." + encode("x");
        DelegationClaims.areClaimedBy(encoded);
        DelegationClaims.areClaimedBy(encoded + noise);
        DelegationClaims.areClaimedBy(noise + encoded);
    }

    @Property
    void a_chain_is_seen_whatever_is_in_it(@ForAll("values") Object claim) throws JsonProcessingException {
        for (String name : List.of("act", "may_act")) {
            Map<String, Object> claims = new HashMap<>();
            claims.put(name, claim);
            String payload = encode(JSON.writeValueAsString(claims));
            assertThat(DelegationClaims.areClaimedBy(encode("{\"alg\":\"RS256\"}") + "." + payload + "." + encode("x")))
                    .isTrue();
        }
    }

    private static String encode(String part) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8));
    }
}
