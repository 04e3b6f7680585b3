package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.HttpsUrl;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.delegate.ClientModelLazyDelegate;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;

/** A registered client, which follows the policy of its realm. What it is otherwise is the client that is stored. */
class RegisteredClientModel extends ClientModelLazyDelegate.WithId {

    /** No URI, hence no server. */
    private static final String NO_RESOURCE = "none";

    private static final String ORIGIN = "Origin";

    private static final List<String> LINKS =
            List.of(OIDCConfigAttributes.LOGO_URI, OIDCConfigAttributes.TOS_URI, OIDCConfigAttributes.POLICY_URI);

    private static final String DEVICE_ENDPOINT = "/protocol/openid-connect/auth/device";

    private final KeycloakSession session;
    private final RealmModel realm;
    private @Nullable Optional<ClientScopeModel> anyOwn;

    RegisteredClientModel(KeycloakSession session, RealmModel realm, ClientModel client) {
        super(client.getId(), () -> client);
        this.session = session;
        this.realm = realm;
    }

    /**
     * Keycloak asks for scopes of a request that the client does not have, and refuses the request where they do not
     * exist. Clients ask for all that the metadata lists, and for scopes of other authorization servers: a scope that
     * others may have, or that nobody knows, is no reason to refuse, and it is not granted either.
     */
    @Override
    public @Nullable ClientScopeModel getParameterizedClientScope(String scope) {
        // An empty one is a space too many: SDKs put offline_access after the scopes of a server that names none.
        @Nullable ClientScopeModel own = scope.isEmpty() ? null : super.getParameterizedClientScope(scope);
        return own != null
                ? own
                : RegisteredClientScopes.of(session, realm).ofAnyone(scope).orElseGet(this::anyOwn);
    }

    /** One that the client has anyway, looked up once however many are asked for. */
    private @Nullable ClientScopeModel anyOwn() {
        if (anyOwn == null) {
            anyOwn = getClientScopes(true).values().stream().findFirst();
        }
        return anyOwn.orElse(null);
    }

    /**
     * Identical registrations share a client, whose redirects match on any loopback port: so does the origin of a page
     * that speaks for it, or only the first to register would get tokens into its browser. An extension of a browser has
     * an origin that no redirect has. For requests of the client alone; an administrator sees what is stored.
     */
    @Override
    public Set<String> getWebOrigins() {
        Set<String> stored = storedWebOrigins();
        KeycloakContext context = session.getContext();
        ClientModel asking = context.getClient();
        // The token endpoint asks before it says whose request this is.
        if (asking != null && !asking.getId().equals(getId()) || context.getHttpRequest() == null) {
            return stored;
        }
        @Nullable String origin = context.getRequestHeaders().getHeaderString(ORIGIN);
        if (origin == null
                || stored.contains(origin)
                || getRedirectUris().stream().noneMatch(uri -> RedirectUri.isOriginOf(uri, origin))) {
            return stored;
        }
        Set<String> origins = new HashSet<>(stored);
        origins.add(origin);
        return origins;
    }

    /** The origins that do not depend on who asks. */
    Set<String> storedWebOrigins() {
        return super.getWebOrigins();
    }

    /**
     * Registered clients may target what the policy of their realm allows, unless an administrator said otherwise. Devices know
     * no PKCE (RFC 8628); where one sends a challenge all the same, it is held to it.
     */
    @Override
    public @Nullable String getAttribute(String name) {
        @Nullable String own = super.getAttribute(name);
        return switch (name) {
            case McpAttributes.ALLOWED_RESOURCES -> own == null ? allowedResources() : own;
            case McpAttributes.DEFAULT_RESOURCE -> own == null ? defaultResource() : own;
            case OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD -> isAskedByDevice() ? null : own;
            default -> own != null && LINKS.contains(name) ? shown(own) : own;
        };
    }

    /** Pages lead people to no address but an https one, whatever a document says that Keycloak stored. */
    @Override
    public Map<String, String> getAttributes() {
        Map<String, String> attributes = new HashMap<>(super.getAttributes());
        LINKS.forEach(name -> attributes.computeIfPresent(name, (same, link) -> shown(link)));
        return attributes;
    }

    private static @Nullable String shown(String link) {
        return HttpsUrl.parse(link).isPresent() ? link : null;
    }

    private @Nullable String allowedResources() {
        return RegisteredClientScopes.of(session, realm)
                .resources(this)
                .map(uris -> uris.isEmpty() ? NO_RESOURCE : String.join(" ", uris))
                .orElse(null);
    }

    private @Nullable String defaultResource() {
        return policy().flatMap(RegistrationPolicy::defaultResource)
                .map(ResourceIndicator::canonical)
                .orElse(null);
    }

    Optional<RegistrationPolicy> policy() {
        return RegisteredClientScopes.of(session, realm).policyOf(this);
    }

    /** True for a device authorization request (RFC 8628 3.1). */
    final boolean isAskedByDevice() {
        KeycloakContext context = session.getContext();
        return context.getHttpRequest() != null && context.getUri().getPath().endsWith(DEVICE_ENDPOINT);
    }
}
