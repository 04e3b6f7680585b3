package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.PointInTime;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.urls.UrlType;

/** The parameters of a query. Unknown ones, and values that cannot be read, are refused instead of ignored. */
final class QueryParameters {

    static final String FIRST = "first";
    static final String MAX = "max";

    private static final int DEFAULT_MAX = 100;
    private static final int GREATEST_MAX = 1000;

    private final KeycloakSession session;
    private final MultivaluedMap<String, String> values;

    QueryParameters(KeycloakSession session, Set<String> known) {
        this.session = session;
        this.values = session.getContext().getUri().getQueryParameters();
        for (Map.Entry<String, List<String>> parameter : values.entrySet()) {
            if (!known.contains(parameter.getKey())) {
                throw AdminRequest.invalid("Unknown parameter " + parameter.getKey());
            }
            if (parameter.getValue().size() > 1) {
                throw invalid(parameter.getKey(), "may be sent once");
            }
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.getFirst(name));
    }

    int first() {
        return number(FIRST, 0, 0, Integer.MAX_VALUE);
    }

    int max() {
        return number(MAX, DEFAULT_MAX, 1, GREATEST_MAX);
    }

    /** False where it is not sent. */
    boolean flag(String name) {
        return text(name)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw invalid(name, "must be true or false");
                })
                .orElse(false);
    }

    /** Milliseconds since the epoch. */
    OptionalLong time(String name, boolean endOfDay) {
        return text(name)
                .map(text -> PointInTime.parse(text, endOfDay)
                        .orElseThrow(() -> invalid(
                                name,
                                "must be a time in ISO 8601 with an offset, a day, or milliseconds since the epoch")))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** A value that has to be of a form. */
    Optional<String> valid(String name, Predicate<String> form) {
        return text(name).map(text -> {
            if (!form.test(text)) {
                throw invalid(name, "is not one that was answered");
            }
            return text;
        });
    }

    /** Adds a link to the same list, from another place on. */
    void linkNext(Response.ResponseBuilder response, String name, String value) {
        response.link(
                session.getContext()
                        .getUri(UrlType.ADMIN)
                        .getRequestUriBuilder()
                        .replaceQueryParam(FIRST)
                        .replaceQueryParam(name, value)
                        .build(),
                "next");
    }

    /** The answer to a value that cannot be read. */
    ErrorResponseException invalid(String name, String problem) {
        return AdminRequest.invalid("Parameter " + name + " " + problem);
    }

    /** The page as a response, with a link to the next one where there is more. */
    Response page(List<?> entries, long total) {
        Response.ResponseBuilder response = Response.ok(entries);
        long next = (long) first() + entries.size();
        if (!entries.isEmpty() && next < total) {
            response.link(
                    session.getContext()
                            .getUri(UrlType.ADMIN)
                            .getRequestUriBuilder()
                            .replaceQueryParam(FIRST, next)
                            .replaceQueryParam(MAX, max())
                            .build(),
                    "next");
        }
        return response.build();
    }

    private int number(String name, int byDefault, int least, int greatest) {
        return text(name)
                .map(text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= least && number <= greatest) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // answered below
                    }
                    throw invalid(name, "must be a number from " + least + " to " + greatest);
                })
                .orElse(byDefault);
    }
}
