package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresentParametersTest {

    @Test
    void aParameterWithoutAValueIsAbsent() {
        assertThat(PresentParameters.of(Map.of("state", List.of(""), "nonce", List.of(), "code", List.of("c"))))
                .containsExactly(Map.entry("code", List.of("c")));
    }

    @Test
    void aValueIsLeftBesideNone() {
        assertThat(PresentParameters.of(Map.of("resource", List.of("", "https://a.example", ""))))
                .containsEntry("resource", List.of("https://a.example"));
    }

    @Test
    void repeatedValuesStayInTheirOrder() {
        assertThat(PresentParameters.of(Map.of("code", List.of("b", "a", "b"))))
                .containsEntry("code", List.of("b", "a", "b"));
    }

    @ParameterizedTest
    @CsvSource({"scope", "resource", "audience"})
    void blankScopesAndTargetsAreAbsent(String name) {
        assertThat(PresentParameters.of(Map.of(name, List.of("  ", "\t\u0000"))))
                .isEmpty();
    }

    @Test
    void othersMayBeBlank() {
        assertThat(PresentParameters.of(Map.of("password", List.of("  ")))).containsEntry("password", List.of("  "));
    }

    @ParameterizedTest
    @CsvSource(
            value = {"' a'|a", "'a '|a", "'a  b'|a b", "'   a    b   '|a b", "'a b'|a b"},
            delimiter = '|')
    void scopesAreSeparatedByOneSpace(String sent, String read) {
        assertThat(PresentParameters.of(Map.of("scope", List.of(sent)))).containsEntry("scope", List.of(read));
    }

    @Test
    void spacesElsewhereAreAsTheyWereSent() {
        assertThat(PresentParameters.of(Map.of("state", List.of(" a  b ")))).containsEntry("state", List.of(" a  b "));
    }
}
