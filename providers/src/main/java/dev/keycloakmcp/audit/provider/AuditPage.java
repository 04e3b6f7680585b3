package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.PageFile;
import dev.keycloakmcp.audit.PageSecurity;
import dev.keycloakmcp.audit.PageTemplate;
import dev.keycloakmcp.audit.Suspension;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.crypto.HashException;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.jose.jws.crypto.HashUtils;
import org.keycloak.models.BrowserSecurityHeaders;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.urls.UrlType;

/**
 * The audit page of a realm, {@code /realms/{realm}/mcp-audit}: static files, the same for everybody. What it shows
 * it asks of the admin REST API, with the token of the administrator who signed in.
 */
public class AuditPage {

    private static final String FOLDER = "/mcp-audit-page/";

    private final KeycloakSession session;
    private final RealmModel realm;

    AuditPage(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    @GET
    public Response index() {
        return file("", null);
    }

    @GET
    @Path("{path: .+}")
    public Response file(
            @PathParam("path") String path, @Nullable @HeaderParam(HttpHeaders.IF_NONE_MATCH) String known) {
        PageFile file = PageFile.at(path).orElseThrow(NotFoundException::new);
        byte[] body = file == PageFile.INDEX ? index(read(file)) : read(file);
        String tag = '"' + tag(body) + '"';
        Response.ResponseBuilder response = tag.equals(known)
                ? Response.notModified()
                : Response.ok(body).header(HttpHeaders.CONTENT_TYPE, file.mediaType());
        headers().forEach(response::header);
        return response.header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header(HttpHeaders.ETAG, tag)
                .build();
    }

    private byte[] index(byte[] template) {
        return PageTemplate.fill(
                        new String(template, StandardCharsets.UTF_8),
                        Map.of(
                                "realm", realm.getName(),
                                "realmTitle", realmTitle(),
                                "folder", page().getRawPath(),
                                "page", page().toString(),
                                "issuer", issuer(),
                                "admin", admin().toString(),
                                "client", AuditPageProviderFactory.CLIENT_ID,
                                "signIn", signInReady() ? "ready" : "no-client",
                                "longestReason", Integer.toString(Suspension.LONGEST_REASON)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private String realmTitle() {
        String title = realm.getDisplayName();
        return title == null || title.isBlank() ? realm.getName() : title;
    }

    private boolean signInReady() {
        ClientModel client = realm.getClientByClientId(AuditPageProviderFactory.CLIENT_ID);
        return client != null && client.isEnabled() && client.isPublicClient() && client.isStandardFlowEnabled();
    }

    /** Keycloak would put the realm's own headers in the place of ours, which are stricter. */
    private Map<String, String> headers() {
        session.getProvider(SecurityHeadersProvider.class).options().skipHeaders();
        Map<String, String> headers = new LinkedHashMap<>(PageSecurity.headers(page(), Set.of(admin())));
        BrowserSecurityHeaders transport = BrowserSecurityHeaders.STRICT_TRANSPORT_SECURITY;
        String lifetime =
                realm.getBrowserSecurityHeaders().getOrDefault(transport.getKey(), transport.getDefaultValue());
        if (!lifetime.isEmpty()) {
            headers.put(transport.getHeaderName(), lifetime);
        }
        return headers;
    }

    private URI page() {
        return URI.create(issuer() + "/" + AuditPageProviderFactory.PROVIDER_ID + "/");
    }

    private String issuer() {
        return Urls.realmIssuer(session.getContext().getUri(UrlType.FRONTEND).getBaseUri(), realm.getName());
    }

    private URI admin() {
        return session.getContext()
                .getUri(UrlType.ADMIN)
                .getBaseUriBuilder()
                .path("admin/realms/{realm}")
                .build(realm.getName());
    }

    private static byte[] read(PageFile file) {
        try (InputStream stream = AuditPage.class.getResourceAsStream(FOLDER + file.path())) {
            return Objects.requireNonNull(stream, file.path()).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tag(byte[] body) throws HashException {
        return HashUtils.sha256UrlEncodedHash(new String(body, StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
