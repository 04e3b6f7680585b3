package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OfferedScopesTest {

    private final List<String> workedOut = new ArrayList<>();
    private final OfferedScopes<String> offered = new OfferedScopes<>(List.of("anonymous", "authenticated"), kind -> {
        workedOut.add(kind);
        return kind.equals("anonymous")
                ? Optional.of(new AvailableScopes(Set.of("basic"), Set.of("mcp:read")))
                : Optional.empty();
    });

    @Test
    void are_worked_out_once_for_each_kind_however_many_scopes_are_asked_for() {
        for (int word = 0; word < 30_000; word++) {
            assertThat(offered.isOfAnyone("w" + word)).isFalse();
        }
        assertThat(offered.isOfAnyone("mcp:read")).isTrue();
        assertThat(offered.isOfAnyone("basic")).isTrue();
        assertThat(workedOut).containsExactly("anonymous", "authenticated");
    }

    @Test
    void a_kind_that_the_realm_does_not_admit_has_none() {
        assertThat(offered.of("anonymous").orElseThrow().optional()).containsExactly("mcp:read");
        assertThat(offered.of("authenticated")).isEmpty();
        assertThat(offered.of("authenticated")).isEmpty();
        assertThat(workedOut).containsExactly("anonymous", "authenticated");
    }
}
