package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.support.PresentParameters;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.FormPartValue;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakContext;

/**
 * A request to an OAuth endpoint that has no parameters but {@linkplain PresentParameters those with a value}, whichever
 * of Keycloak's classes reads them.
 */
final class PresentRequest implements HttpRequest {

    /** Methods whose parameters are in the query. */
    private static final Set<String> QUERIED = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final HttpRequest sent;
    /** Takes parameters out of the form when it is read: while its endpoint is looked up, the body is not there yet. */
    private Consumer<MultivaluedMap<String, String>> heldBack = form -> {};

    private @Nullable MultivaluedMap<String, String> form;

    private PresentRequest(HttpRequest sent) {
        this.sent = sent;
    }

    /** From now on the request is read so. */
    static void install(KeycloakContext context) {
        context.setHttpRequest(new PresentRequest(context.getHttpRequest()));
    }

    /** Takes parameters out of the form of a request that is read so. */
    static void holdBack(KeycloakContext context, Consumer<MultivaluedMap<String, String>> parameters) {
        if (context.getHttpRequest() instanceof PresentRequest present) {
            present.heldBack = parameters;
        }
    }

    /** The parameters of a form, or where none can be, those of the query. Keycloak changes them. */
    @Override
    public MultivaluedMap<String, String> getDecodedFormParameters() {
        MultivaluedMap<String, String> present = form;
        if (present == null) {
            present = present(
                    QUERIED.contains(sent.getHttpMethod())
                            ? sent.getUri().getQueryParameters()
                            : sent.getDecodedFormParameters());
            heldBack.accept(present);
            form = present;
        }
        return present;
    }

    private static MultivaluedMap<String, String> present(@Nullable Map<String, List<String>> parameters) {
        MultivaluedMap<String, String> present = new MultivaluedHashMap<>();
        if (parameters != null) {
            PresentParameters.of(parameters).forEach((name, values) -> present.put(name, new ArrayList<>(values)));
        }
        return present;
    }

    @Override
    public String getHttpMethod() {
        return sent.getHttpMethod();
    }

    @Override
    public MultivaluedMap<String, FormPartValue> getMultiPartFormParameters() {
        return sent.getMultiPartFormParameters();
    }

    @Override
    public HttpHeaders getHttpHeaders() {
        return sent.getHttpHeaders();
    }

    @Override
    public X509Certificate @Nullable [] getClientCertificateChain() {
        return sent.getClientCertificateChain();
    }

    @Override
    public UriInfo getUri() {
        return sent.getUri();
    }

    @Override
    public boolean isProxyTrusted() {
        return sent.isProxyTrusted();
    }
}
