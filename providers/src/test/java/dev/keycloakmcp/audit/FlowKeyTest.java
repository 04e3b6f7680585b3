package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowKeyTest {

    private static String key(String... parts) {
        return FlowKey.of(Arrays.stream(parts).map(Optional::ofNullable).toList());
    }

    @Test
    void the_same_way_has_the_same_key() {
        assertThat(key("alice", "crm\ngateway", null, "https://a"))
                .isEqualTo(key("alice", "crm\ngateway", null, "https://a"));
        assertThat(FlowKey.of(List.of())).isEqualTo("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    @Test
    void a_key_fits_its_column() {
        assertThat(key("x".repeat(5000), null)).hasSize(FlowKey.LENGTH).matches("[\\w-]+");
    }

    @Test
    void other_ways_have_other_keys() {
        Set<String> keys = Stream.of(
                        key("ab", "c"),
                        key("a", "bc"),
                        key("abc", ""),
                        key("abc", null),
                        key("abc"),
                        key(null, "abc"),
                        key("", "abc"),
                        key("\u00e4bc", null),
                        key("?bc", null))
                .collect(Collectors.toSet());
        assertThat(keys).hasSize(9);
    }
}
