package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListedIdTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gateway | gateway",
                "https://claude.ai/oauth/client | https://claude.ai/oauth/client",
                "bücher-agent | bücher-agent",
                "desk,gateway | desk%2Cgateway",
                "100% | 100%25",
                "desk gateway | desk%20gateway",
                "desk\u202Eyawetag | desk%E2%80%AEyawetag",
                "desk\u200Bgateway | desk%E2%80%8Bgateway",
                "desk\u2028gateway | desk%E2%80%A8gateway",
                "desk\u00A0gateway | desk%C2%A0gateway"
            })
    void what_separates_or_is_invisible_is_encoded(String clientId, String listed) {
        assertThat(ListedId.of(clientId)).isEqualTo(listed);
    }

    @Property(tries = 500)
    void a_chain_is_split_exactly(@ForAll @Size(min = 1, max = 8) List<String> drawn) {
        List<String> clientIds = drawn.stream()
                .map(id -> id.codePoints()
                        .filter(point -> Character.getType(point) != Character.SURROGATE)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .map(id -> "c" + id)
                .toList();
        ActorChain chain =
                new ActorChain(clientIds.stream().map(id -> new Actor(id, id)).toList());
        List<String> split = Stream.of(chain.toEventDetail().split(",", -1))
                .map(id -> URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        assertThat(split.stream().sorted())
                .containsExactlyElementsOf(clientIds.stream().sorted().toList());
        assertThat(split.get(0)).isEqualTo(clientIds.get(clientIds.size() - 1));
    }
}
