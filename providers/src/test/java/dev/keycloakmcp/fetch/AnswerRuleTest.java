package dev.keycloakmcp.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerRuleTest {

    private static final AnswerRule RULE = new AnswerRule(1000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "Application/JSON ; profile=x",
                "application/jwk-set+json",
                "application/vnd.example.client+json;charset=utf8"
            })
    void json_is_taken(String contentType) {
        assertThat(RULE.problem(200, contentType, -1)).isEmpty();
        assertThat(RULE.problem(200, contentType, 1000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/html",
                "text/json",
                "text/plain",
                "application/jsonx",
                "application/xml",
                "application/+json",
                "application/x +json",
                "application/json, text/html",
                "application/json; charset=utf-16",
                "application/json; charset=utf-8; charset=latin1"
            })
    void anything_else_is_not(String contentType) {
        assertThat(RULE.problem(200, contentType, 10))
                .containsInstanceOf(Fetched.Failed.class)
                .get()
                .isEqualTo(Fetched.failed(FetchFailure.NOT_JSON, "the content type is not JSON in UTF-8"));
    }

    @Test
    void an_answer_without_a_content_type_is_not_taken() {
        assertThat(failure(200, null, 10)).isEqualTo(FetchFailure.NOT_JSON);
    }

    @Test
    void what_says_that_it_is_too_long_is_not_read() {
        assertThat(RULE.problem(200, "application/json", 1001)).contains(RULE.tooLarge());
        assertThat(RULE.tooLarge()).isEqualTo(Fetched.failed(FetchFailure.TOO_LARGE, "longer than 1000 bytes"));
    }

    @ParameterizedTest
    @CsvSource({
        "404, GONE, GONE",
        "410, GONE, GONE",
        "300, REDIRECTED, UNREACHABLE",
        "301, REDIRECTED, UNREACHABLE",
        "308, REDIRECTED, UNREACHABLE",
        "399, REDIRECTED, UNREACHABLE",
        "201, STATUS, UNREACHABLE",
        "204, STATUS, UNREACHABLE",
        "299, STATUS, UNREACHABLE",
        "400, STATUS, UNREACHABLE",
        "403, STATUS, UNREACHABLE",
        "429, STATUS, UNREACHABLE",
        "500, STATUS, UNREACHABLE",
        "503, STATUS, UNREACHABLE",
    })
    void other_statuses_are_failures(int status, FetchFailure failure, FetchFailure.Meaning meaning) {
        assertThat(failure(status, "application/json", 10)).isEqualTo(failure);
        assertThat(failure.meaning()).isEqualTo(meaning);
    }

    @Test
    void what_is_there_and_cannot_be_taken_is_invalid() {
        assertThat(FetchFailure.TOO_LARGE.meaning()).isEqualTo(FetchFailure.Meaning.INVALID);
        assertThat(FetchFailure.NOT_JSON.meaning()).isEqualTo(FetchFailure.Meaning.INVALID);
        assertThat(FetchFailure.BUSY.meaning()).isEqualTo(FetchFailure.Meaning.UNREACHABLE);
    }

    private static FetchFailure failure(int status, String contentType, long length) {
        return RULE.problem(status, contentType, length)
                .map(Fetched.Failed.class::cast)
                .map(Fetched.Failed::failure)
                .orElseThrow();
    }
}
