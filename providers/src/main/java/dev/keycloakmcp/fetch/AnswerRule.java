package dev.keycloakmcp.fetch;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The answers that are taken: status 200, JSON in UTF-8, within a limit.
 *
 * @param maxBytes longest body, after decompression
 */
public record AnswerRule(int maxBytes) {

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int FIRST_REDIRECT = 300;
    private static final int LAST_REDIRECT = 399;

    /** {@code application/json}, and what is JSON by its suffix (RFC 6839), such as {@code application/jwk-set+json}. */
    private static final Pattern JSON = Pattern.compile("application/(?:json|[a-z0-9!#$&^_.+-]+\\+json)");

    private static final String CHARSET = "charset=";

    /**
     * Why an answer is not taken; empty where it is.
     *
     * @param contentType the header of that name
     * @param length the length that the answer claims, negative for none; who says so may send more
     */
    public Optional<Fetched> problem(int status, @Nullable String contentType, long length) {
        if (status != OK) {
            return Optional.of(Fetched.failed(failure(status), "status " + status));
        }
        if (contentType == null || !isJson(contentType)) {
            return Optional.of(Fetched.failed(FetchFailure.NOT_JSON, "the content type is not JSON in UTF-8"));
        }
        return length > maxBytes ? Optional.of(tooLarge()) : Optional.empty();
    }

    /** The failure of an answer that turns out longer than is taken. */
    public Fetched tooLarge() {
        return Fetched.failed(FetchFailure.TOO_LARGE, "longer than " + maxBytes + " bytes");
    }

    private static FetchFailure failure(int status) {
        if (status == NOT_FOUND || status == GONE) {
            return FetchFailure.GONE;
        }
        return status >= FIRST_REDIRECT && status <= LAST_REDIRECT ? FetchFailure.REDIRECTED : FetchFailure.STATUS;
    }

    private static boolean isJson(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        return JSON.matcher(parts[0].strip()).matches()
                && Arrays.stream(parts)
                        .skip(1)
                        .map(parameter -> parameter.replaceAll("[\\s\"]", ""))
                        .filter(parameter -> parameter.startsWith(CHARSET))
                        .allMatch(parameter -> parameter.matches(CHARSET + "utf-?8"));
    }
}
