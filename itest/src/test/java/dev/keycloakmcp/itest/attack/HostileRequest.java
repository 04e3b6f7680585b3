package dev.keycloakmcp.itest.attack;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One generated request.
 *
 * @param kind the endpoint, for the count
 * @param entitled true where the credentials are good, so that a token may come of it
 */
record HostileRequest(
        String kind, boolean entitled, String method, URI uri, List<Map.Entry<String, String>> headers, byte[] body) {

    private static final int SHOWN = 400;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    HttpRequest toHttp() {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(DEADLINE)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(header -> request.header(header.getKey(), header.getValue()));
        return request.build();
    }

    /** The same request to an endpoint of Keycloak's own, where this one is not: what the framework makes of it is alike. */
    HostileRequest atKeycloaksOwn() {
        URI own = URI.create(uri.toString()
                .replaceFirst("/clients-registrations/mcp", "/clients-registrations/openid-connect")
                .replaceFirst("(/admin/realms/[^/]+)/mcp/[^?]*", "$1/clients")
                .replaceFirst("/mcp-audit/", "/account/"));
        return new HostileRequest(kind, entitled, method, own, headers, body);
    }

    HostileRequest with(String header, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(header, value));
        return new HostileRequest(kind, entitled, method, uri, more, body);
    }

    @Override
    public String toString() {
        return method + " " + cut(uri.toString()) + " " + cut(headers.toString()) + " (" + body.length + " bytes) "
                + cut(new String(body, 0, Math.min(body.length, 4 * SHOWN), StandardCharsets.UTF_8));
    }

    private static String cut(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
