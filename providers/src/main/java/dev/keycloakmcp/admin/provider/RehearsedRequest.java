package dev.keycloakmcp.admin.provider;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.FormPartValue;
import org.keycloak.http.HttpRequest;
import org.keycloak.http.HttpResponse;

/** A request that nobody sent, with a form and nothing else. What is answered to it goes nowhere. */
final class RehearsedRequest implements HttpRequest {

    private final HttpRequest behind;
    private final MultivaluedMap<String, String> form;

    /** @param behind the request of who asks: Keycloak is where it is there */
    RehearsedRequest(HttpRequest behind, MultivaluedMap<String, String> form) {
        this.behind = behind;
        this.form = form;
    }

    @Override
    public String getHttpMethod() {
        return HttpMethod.POST;
    }

    @Override
    public MultivaluedMap<String, String> getDecodedFormParameters() {
        return form;
    }

    @Override
    public MultivaluedMap<String, FormPartValue> getMultiPartFormParameters() {
        return new MultivaluedHashMap<>();
    }

    @Override
    public HttpHeaders getHttpHeaders() {
        return new RehearsedHeaders();
    }

    @Override
    public X509Certificate @Nullable [] getClientCertificateChain() {
        return null;
    }

    @Override
    public UriInfo getUri() {
        return behind.getUri();
    }

    @Override
    public boolean isProxyTrusted() {
        return behind.isProxyTrusted();
    }

    /** The answer that goes nowhere. */
    static final class Answer implements HttpResponse {

        @Override
        public int getStatus() {
            return Response.Status.OK.getStatusCode();
        }

        @Override
        public void setStatus(int statusCode) {}

        @Override
        public void addHeader(String name, String value) {}

        @Override
        public void setHeader(String name, String value) {}

        @Override
        public void setCookieIfAbsent(NewCookie cookie) {}
    }
}
