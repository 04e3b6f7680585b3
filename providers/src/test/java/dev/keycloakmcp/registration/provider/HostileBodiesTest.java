package dev.keycloakmcp.registration.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.registration.ClientMetadata;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Bodies of registrations: JSON, nearly JSON, and anything else. */
class HostileBodiesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Provide
    Arbitrary<String> bodies() {
        return HostileValues.objects().map(HostileBodiesTest::write);
    }

    private static String write(Map<String, Object> members) {
        try {
            return JSON.writeValueAsString(members);
        } catch (JsonProcessingException e) {
            return "{"; // half a character cannot be written
        }
    }

    @Provide
    Arbitrary<Integer> depths() {
        return Arbitraries.integers().between(0, 3000);
    }

    @Property
    void a_body_is_read_or_refused(@ForAll("bodies") String body, @ForAll("texts") String noise) {
        assertAnswered(RegistrationBody.read(body));
        assertAnswered(RegistrationBody.read(noise));
        int cut = noise.isEmpty() ? 0 : Math.floorMod(noise.hashCode(), body.length() + 1);
        assertAnswered(RegistrationBody.read(body.substring(0, cut) + noise + body.substring(cut)));
    }

    @Property
    void a_deep_body_is_refused(@ForAll("depths") int depth) {
        assertAnswered(RegistrationBody.read("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)));
        assertAnswered(RegistrationBody.read("{\"jwks\":" + "[".repeat(depth) + "]".repeat(depth) + "}"));
    }

    private static void assertAnswered(Decision<ClientMetadata> decision) {
        decision.denied().ifPresent(deny -> {
            assertThat(deny.reason().error()).isIn("invalid_redirect_uri", "invalid_client_metadata");
            assertThat(deny.detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]{1,600}");
        });
    }
}
