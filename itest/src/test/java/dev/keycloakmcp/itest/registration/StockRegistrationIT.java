package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.junit.WithExtension;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;

/** In realms that did not opt in, and at Keycloak's own registration endpoint, nothing is different from stock Keycloak. */
@KeycloakTest(withExtension = false)
class StockRegistrationIT {

    private static final Set<String> NEVER_EQUAL = Set.of("date", "content-length");

    /** Requests to a realm, and what came back, without what differs from run to run. */
    private static final class Transcript {
        private final TestRealm realm;
        private final List<String> entries = new ArrayList<>();

        Transcript(TestRealm realm) {
            this.realm = realm;
        }

        Reply send(String method, String path, @Nullable String bearer, @Nullable Object body, String... headers) {
            String text = body == null || body instanceof String ? (String) body : Reply.write(body);
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                            path.startsWith("http")
                                    ? path
                                    : realm.server().baseUri() + path.replace("{realm}", realm.name())))
                    .method(
                            method,
                            text == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(text));
            if (text != null) {
                request.header("Content-Type", "application/json");
            }
            if (bearer != null) {
                request.header("Authorization", "Bearer " + bearer);
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            Reply reply = realm.oauth().send(request);
            Map<String, List<String>> kept = new TreeMap<>(reply.headers().map());
            kept.keySet().removeAll(NEVER_EQUAL);
            kept.replaceAll((name, values) -> values.stream()
                    .map(value -> replaceEach(value, "^(.*, .*)$", ", ", "", ""))
                    .toList());
            entries.add(same(method + " " + path + " " + text) + "\n" + reply.status() + "\n" + same(kept.toString())
                    + "\n" + sorted(same(reply.body())));
            return reply;
        }

        /** Keycloak keeps these as sets: arrays of strings, words of a scope; and which policy refuses first is chance. */
        private static String sorted(String body) {
            String arrays = replaceEach(body, "\\[(\"[^\"\\[\\]]*\"(,\"[^\"\\[\\]]*\")*)]", "\",\"", "[\"", "\"]");
            return replaceEach(arrays, "\"scope\":\"([^\"]*)\"", " ", "", "")
                    .replaceAll("Policy '[^']*' rejected request[^\"]*", "A policy refused");
        }

        private static String replaceEach(String text, String pattern, String separator, String open, String close) {
            return Pattern.compile(pattern)
                    .matcher(text)
                    .replaceAll(found -> Matcher.quoteReplacement(
                            Stream.of(found.group(1).replaceAll("^\"|\"$", "").split(Pattern.quote(separator)))
                                    .sorted()
                                    .collect(Collectors.joining(separator, open, close))));
        }

        private String same(String text) {
            return text.replace(realm.server().baseUri().toString(), "SERVER")
                    .replace(realm.server().baseUri().getAuthority(), "SERVER")
                    .replace(realm.name(), "REALM")
                    .replaceAll("eyJ[A-Za-z0-9_.-]+", "TOKEN")
                    .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
                    .replaceAll("\"(client_)?secret\":\"[A-Za-z0-9_-]{20,}\"", "SECRET")
                    .replaceAll("\\b1[0-9]{9}([0-9]{3})?\\b", "TIME");
        }
    }

    private static void assertSame(KeycloakServer stock, KeycloakServer ours, Consumer<Transcript> requests) {
        try (TestRealm there = TestRealm.create(stock, "compared");
                TestRealm here = TestRealm.create(ours, "compared")) {
            Transcript expected = new Transcript(there);
            Transcript actual = new Transcript(here);
            requests.accept(expected);
            requests.accept(actual);
            assertThat(actual.entries).hasSizeGreaterThan(3).isEqualTo(expected.entries);
        }
    }

    @Test
    void metadata_documents_are_the_same(KeycloakServer stock, @WithExtension KeycloakServer ours) {
        assertSame(stock, ours, transcript -> {
            for (String alias :
                    List.of("openid-configuration", "oauth-authorization-server", "uma2-configuration", "unknown")) {
                for (String realm : List.of("{realm}", "master", "no-such-realm")) {
                    for (String path : List.of(
                            "/realms/" + realm + "/.well-known/" + alias,
                            "/.well-known/" + alias + "/realms/" + realm)) {
                        transcript.send("GET", path, null, null);
                        transcript.send("GET", path, null, null, "Origin", "http://localhost:6274");
                        transcript.send("HEAD", path, null, null);
                        transcript.send("POST", path, null, "{}");
                        transcript.send(
                                "OPTIONS",
                                path,
                                null,
                                null,
                                "Origin",
                                "http://localhost:6274",
                                "Access-Control-Request-Method",
                                "GET");
                    }
                }
            }
        });
    }

    private static List<Object> bodies() {
        Map<String, Object> fine = publicClient("Fine");
        Map<String, Object> plain = Map.of("clientId", "chosen", "redirectUris", List.of(CALLBACK));
        return List.of(
                "",
                "{",
                "[]",
                "null",
                "{}",
                fine,
                plain,
                with(plain, "attributes", Map.of("x", "y")),
                with(fine, "unknown_member", 1),
                with(fine, "scope", "openid"),
                with(fine, "scope", ""),
                with(fine, "scope", List.of("profile")),
                with(fine, "client_name", "a".repeat(100)),
                with(fine, "redirect_uris", List.of("*")),
                with(fine, "redirect_uris", List.of("https://evil.example/cb")),
                with(fine, "grant_types", List.of("client_credentials", "password", "implicit")),
                with(fine, "token_endpoint_auth_method", "client_secret_basic"),
                with(fine, "token_endpoint_auth_method", "unknown"),
                with(fine, "token_endpoint_auth_method", "private_key_jwt"),
                with(fine, "client_uri", "https://evil.example"));
    }

    @Test
    void anonymous_registration_is_the_same_with_default_policies(
            KeycloakServer stock, @WithExtension KeycloakServer ours) {
        assertSame(stock, ours, StockRegistrationIT::registerAnonymously);
    }

    @Test
    void anonymous_registration_is_the_same_without_policies(KeycloakServer stock, @WithExtension KeycloakServer ours) {
        assertSame(stock, ours, transcript -> {
            transcript
                    .realm
                    .admin()
                    .components()
                    .query(transcript.realm.admin().toRepresentation().getId())
                    .stream()
                    .filter(component -> component.getProviderType().endsWith("ClientRegistrationPolicy"))
                    .forEach(component -> transcript
                            .realm
                            .admin()
                            .components()
                            .component(component.getId())
                            .remove());
            registerAnonymously(transcript);
        });
    }

    @Test
    @Tries("RFC7591-5-stock")
    void opening_the_mcp_endpoint_changes_nothing_at_the_others(
            KeycloakServer stock, @WithExtension KeycloakServer ours) {
        assertSame(stock, ours, transcript -> {
            if (transcript.realm.server() == ours) {
                Registration.admit(transcript.realm, "anonymous", Map.of());
                Registration.admit(transcript.realm, "authenticated", Map.of());
            }
            // No client at all, on which Keycloak fails with 500, is refused in realms that opted in: the next test.
            List<Object> bodies = bodies().stream()
                    .filter(body -> !Set.of("", "null").contains(body))
                    .toList();
            registerAnonymously(transcript, List.of("openid-connect", "default", "install", "unknown"), bodies);
            for (Object body : bodies) {
                for (String provider : List.of("openid-connect", "default")) {
                    manage(transcript, provider, body, List.of());
                }
            }
        });
    }

    @Test
    @Tries("RFC7591-5-stock")
    void a_body_that_holds_no_client_is_refused_in_a_realm_that_opened_the_mcp_endpoint(
            @WithExtension KeycloakServer ours) {
        try (TestRealm realm = TestRealm.create(ours, "no-client")) {
            Registration.admit(realm, "anonymous", Map.of());
            for (String body : List.of("", "null")) {
                Reply reply =
                        new Transcript(realm).send("POST", "/realms/{realm}/clients-registrations/default", null, body);
                assertThat(reply.status()).as(body).isEqualTo(400);
                assertThat(reply.get("error")).as(body).isEqualTo("invalid_client_metadata");
            }
        }
    }

    private static void registerAnonymously(Transcript transcript) {
        registerAnonymously(transcript, List.of("openid-connect", "default", "install", "mcp", "unknown"), bodies());
    }

    private static void registerAnonymously(Transcript transcript, List<String> providers, List<Object> bodies) {
        for (String provider : providers) {
            String endpoint = "/realms/{realm}/clients-registrations/" + provider;
            for (Object body : bodies) {
                transcript.send("POST", endpoint, null, body);
            }
            transcript.send("POST", endpoint, "a.b.c", publicClient("Forged"));
            transcript.send("GET", endpoint, null, null);
            transcript.send("OPTIONS", endpoint, null, null, "Origin", "http://localhost:6274");
            for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS")) {
                transcript.send(method, endpoint + "/account", null, method.equals("PUT") ? "{}" : null);
            }
        }
    }

    @Test
    void invited_registration_and_management_are_the_same(KeycloakServer stock, @WithExtension KeycloakServer ours) {
        assertSame(stock, ours, transcript -> {
            for (Object body : bodies()) {
                for (String provider : List.of("openid-connect", "default")) {
                    manage(transcript, provider, body, List.of("mcp"));
                }
            }
        });
    }

    private static void manage(Transcript transcript, String provider, Object body, List<String> others) {
        String endpoint = "/realms/{realm}/clients-registrations/" + provider;
        String invitation = transcript
                .realm
                .admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        Reply created = transcript.send("POST", endpoint, invitation, body);
        if (created.status() != 201) {
            return;
        }
        boolean standard = provider.equals("openid-connect");
        String id = created.get(standard ? "client_id" : "clientId");
        String token = created.get(standard ? "registration_access_token" : "registrationAccessToken");
        transcript.send("GET", endpoint + "/" + id, null, null);
        Reply read = transcript.send("GET", endpoint + "/" + id, token, null);
        String current = read.find(standard ? "registration_access_token" : "registrationAccessToken")
                .orElse(token);
        Reply changed = transcript.send(
                "PUT",
                endpoint + "/" + id,
                current,
                standard
                        ? Map.of("client_id", id, "redirect_uris", List.of("https://changed.example/cb"))
                        : Map.of("clientId", id, "redirectUris", List.of("https://changed.example/cb")));
        String last = changed.status() == 200
                ? changed.find(standard ? "registration_access_token" : "registrationAccessToken")
                        .orElse(current)
                : current;
        others.forEach(other ->
                transcript.send("GET", "/realms/{realm}/clients-registrations/" + other + "/" + id, last, null));
        transcript.send("GET", endpoint + "/account", last, null);
        transcript.send("DELETE", endpoint + "/" + id, last, null);
        transcript.send("GET", endpoint + "/" + id, last, null);
    }
}
