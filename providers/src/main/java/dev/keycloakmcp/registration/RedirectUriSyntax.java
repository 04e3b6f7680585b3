package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The form of redirect URIs: one in which no two readers see two URIs. */
final class RedirectUriSyntax {

    /** Parameters of authorization responses; Keycloak refuses redirects that hold one. */
    private static final Set<String> RESPONSE_PARAMETERS = Set.of(
            "code",
            "id_token",
            "access_token",
            "token_type",
            "expires_in",
            "state",
            "iss",
            "error",
            "error_description",
            "session_state",
            "response",
            "kc_action",
            "kc_action_status");

    private RedirectUriSyntax() {}

    /** Reads an absolute URI. */
    static Decision<URI> read(String value) {
        Optional<String> problem = UnambiguousUri.problem(value, RedirectUriRule.MAX_LENGTH);
        if (problem.isPresent()) {
            return malformed(value, problem.get());
        }
        URI uri;
        try {
            uri = new URI(value);
        } catch (URISyntaxException e) {
            return malformed(value, "is not a URI (RFC 3986)");
        }
        return uri.getScheme() == null ? malformed(value, "is not absolute") : Decision.allow(uri);
    }

    /** Takes a hierarchical URI that says the same to everybody. */
    static Decision<URI> unambiguous(String value, URI uri) {
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            return malformed(value, "holds user information");
        }
        if (UnambiguousUri.holdsDotSegment(uri.getRawPath())) {
            return malformed(value, "holds a dot segment");
        }
        return holdsResponseParameter(uri.getRawQuery())
                ? malformed(value, "holds a query parameter that authorization responses use")
                : Decision.allow(uri);
    }

    static <T> Decision<T> malformed(String value, String why) {
        return Decision.deny(ReasonCode.REDIRECT_URI_MALFORMED, "redirect URI " + Quoted.of(value) + " " + why);
    }

    private static boolean holdsResponseParameter(@Nullable String query) {
        return query != null
                && Arrays.stream(query.split("&", -1))
                        .map(parameter -> URLDecoder.decode(parameter.split("=", 2)[0], StandardCharsets.UTF_8))
                        .anyMatch(name -> RESPONSE_PARAMETERS.contains(name.toLowerCase(Locale.ROOT)));
    }
}
