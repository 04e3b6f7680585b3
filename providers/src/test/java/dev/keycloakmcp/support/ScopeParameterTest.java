package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeParameterTest {

    @Test
    void reads_the_scope_parameter() {
        assertThat(ScopeParameter.names(null)).isEmpty();
        assertThat(ScopeParameter.names("")).isEmpty();
        assertThat(ScopeParameter.names("  ")).isEmpty();
        assertThat(ScopeParameter.names(" a  b a ")).contains(Set.of("a", "b"));
    }

    @Test
    void lists_each_name_once_in_its_order() {
        assertThat(ScopeParameter.list(null)).isEmpty();
        assertThat(ScopeParameter.list("  ")).isEmpty();
        assertThat(ScopeParameter.list(" b  a b ")).containsExactly("b", "a");
    }
}
