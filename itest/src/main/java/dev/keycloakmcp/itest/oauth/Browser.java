package dev.keycloakmcp.itest.oauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/**
 * A person's browser: keeps cookies, follows redirects within the server, and stops where a redirect
 * leaves it, as nobody listens at the client's redirect URI.
 */
public final class Browser {

    private static final int MOST_REDIRECTS = 20;

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final Map<CookieKey, String> cookies = new LinkedHashMap<>();

    private record CookieKey(String path, String name) {}

    /** Where the browser is: at a page, or on its way out to a client. */
    public record Page(int status, HttpHeaders headers, URI uri, Document document, boolean left) {}

    public Page open(URI uri) {
        return follow(uri, HttpRequest.newBuilder(uri).GET());
    }

    public Page submit(URI uri, Form form) {
        return follow(
                uri,
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form.encoded())));
    }

    /** All cookies, as a request sends them. */
    public String cookies() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey().name() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    /** As if the person came back another day. */
    public void forget() {
        cookies.clear();
    }

    private Page follow(URI start, HttpRequest.Builder first) {
        URI uri = start;
        HttpRequest.Builder request = first;
        for (int hop = 0; hop < MOST_REDIRECTS; hop++) {
            HttpResponse<String> response = send(uri, request);
            String location = response.headers().firstValue("Location").orElse(null);
            if (response.statusCode() / 100 != 3 || location == null) {
                return new Page(
                        response.statusCode(),
                        response.headers(),
                        uri,
                        Jsoup.parse(response.body(), uri.toString()),
                        false);
            }
            URI next = uri.resolve(location);
            if (!sameOrigin(start, next)) {
                return new Page(response.statusCode(), response.headers(), next, new Document(next.toString()), true);
            }
            uri = next;
            request = HttpRequest.newBuilder(uri).GET();
        }
        throw new IllegalStateException("Redirected more than " + MOST_REDIRECTS + " times from " + start);
    }

    private HttpResponse<String> send(URI uri, HttpRequest.Builder request) {
        String sent = cookies.entrySet().stream()
                .filter(cookie -> uri.getPath().startsWith(cookie.getKey().path()))
                .map(cookie -> cookie.getKey().name() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
        if (!sent.isEmpty()) {
            request.header("Cookie", sent);
        }
        request.timeout(Duration.ofSeconds(60)).header("Accept", "text/html");
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        keep(response.headers().allValues("Set-Cookie"));
        return response;
    }

    /** Takes cookies as a server sets them, also those that somebody else was given. */
    public void keep(List<String> setCookieHeaders) {
        // The server marks its cookies secure, which browsers accept from a loopback host even over HTTP.
        for (String header : setCookieHeaders) {
            for (HttpCookie cookie : HttpCookie.parse(header)) {
                CookieKey key = new CookieKey(cookie.getPath() == null ? "/" : cookie.getPath(), cookie.getName());
                if (cookie.getMaxAge() == 0) {
                    cookies.remove(key);
                } else {
                    cookies.put(key, cookie.getValue());
                }
            }
        }
    }

    private static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getAuthority() != null
                && one.getAuthority().equalsIgnoreCase(other.getAuthority());
    }
}
