package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeRiskTest {

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {" ", "low", "LOW", "none", "false", " low "})
    void most_scopes_are_not_marked(String value) {
        assertThat(ScopeRisk.of(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"high", "High", "true", " high "})
    void some_are_risky_in_general(String value) {
        assertThat(ScopeRisk.of(value)).contains(new ScopeRisk(Optional.empty()));
    }

    @Test
    void an_administrator_may_say_why() {
        assertThat(ScopeRisk.of(" Deletes files. ")).contains(new ScopeRisk(Optional.of("Deletes files.")));
    }
}
