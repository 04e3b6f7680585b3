package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what a registration or an update comes to. Scopes that cannot be granted are dropped. So are grant types and
 * response types, which are refused where nothing usable is left; everything else is taken as it is or refused.
 */
public final class RegistrationRule {

    private static final Set<String> APPLICATION_TYPES = Set.of("native", "web");

    private final RegistrationPolicy policy;
    private final AvailableScopes scopes;

    public RegistrationRule(RegistrationPolicy policy, AvailableScopes scopes) {
        this.policy = policy;
        this.scopes = scopes;
    }

    /** Decides about a request. */
    public Decision<Registration> decide(ClientMetadata request) {
        return redirectUris(request).then(redirects -> grantTypes(request).then(grants -> authMethod(request)
                .then(method -> keys(request, method).then(keys -> rest(request, redirects, grants, method, keys)))));
    }

    private Decision<Registration> rest(
            ClientMetadata request,
            List<RedirectUri> redirects,
            List<String> grants,
            AuthMethod method,
            Registration.Keys keys) {
        if (!request.responseTypes().isEmpty() && !request.responseTypes().contains(Registration.CODE)) {
            return Decision.deny(
                    ReasonCode.RESPONSE_TYPE_NOT_USABLE, "response_types has to hold code; others are not granted");
        }
        List<String> granted = scopes.granted(request.scopes());
        Optional<String> applicationType = request.description().applicationType();
        if (applicationType.isPresent() && !APPLICATION_TYPES.contains(applicationType.get())) {
            return Decision.deny(ReasonCode.METADATA_MALFORMED, "application_type has to be native or web");
        }
        return Decision.allow(new Registration(
                request.clientName(),
                redirects,
                grants,
                method,
                request.authMethod().isPresent(),
                request.dpopBoundAccessTokens(),
                request.scopes().isEmpty() ? List.of() : granted,
                scopes,
                policy.consentRequired(),
                request.description(),
                keys));
    }

    private Decision<List<RedirectUri>> redirectUris(ClientMetadata request) {
        if (request.redirectUris().isEmpty()) {
            return Decision.deny(ReasonCode.REDIRECT_URI_MISSING, "redirect_uris has to hold at least one URI");
        }
        return Decision.each(request.redirectUris(), policy.redirects()::decide);
    }

    private Decision<List<String>> grantTypes(ClientMetadata request) {
        List<String> asked =
                request.grantTypes().isEmpty() ? List.of(Registration.AUTHORIZATION_CODE) : request.grantTypes();
        List<String> granted = RegistrationPolicy.POSSIBLE_GRANT_TYPES.stream()
                .filter(asked::contains)
                .filter(policy.allowedGrantTypes()::contains)
                .toList();
        return granted.contains(Registration.AUTHORIZATION_CODE)
                ? Decision.allow(granted)
                : Decision.deny(
                        ReasonCode.GRANT_TYPE_NOT_ALLOWED,
                        "grant_types has to hold authorization_code, and the realm has to allow it"
                                + " (allowed-grant-types)");
    }

    private Decision<AuthMethod> authMethod(ClientMetadata request) {
        if (request.authMethod().isEmpty()) {
            return Decision.allow(policy.confidentialClients() ? AuthMethod.CLIENT_SECRET_BASIC : AuthMethod.NONE);
        }
        Optional<AuthMethod> method = AuthMethod.of(request.authMethod().get());
        if (method.isEmpty()) {
            return Decision.deny(
                    ReasonCode.AUTH_METHOD_NOT_ALLOWED,
                    "token_endpoint_auth_method has to be one of " + String.join(", ", AuthMethod.allValues()));
        }
        if (!method.get().isPublic() && !policy.confidentialClients()) {
            return Decision.deny(
                    ReasonCode.AUTH_METHOD_NOT_ALLOWED,
                    "only public clients may register; send token_endpoint_auth_method none (confidential-clients)");
        }
        return Decision.allow(method.get());
    }

    private Decision<Registration.Keys> keys(ClientMetadata request, AuthMethod method) {
        Registration.Keys keys = new Registration.Keys(request.jwks(), request.jwksUri());
        if (method == AuthMethod.PRIVATE_KEY_JWT && keys.isEmpty()) {
            return Decision.deny(ReasonCode.CLIENT_KEYS_NOT_ALLOWED, "private_key_jwt needs jwks or jwks_uri");
        }
        if (keys.jwks().isPresent() && keys.jwksUri().isPresent()) {
            return Decision.deny(ReasonCode.CLIENT_KEYS_NOT_ALLOWED, "jwks and jwks_uri exclude each other (RFC 7591)");
        }
        if (keys.jwksUri().isPresent() && !isFetchable(keys.jwksUri().get())) {
            return Decision.deny(
                    ReasonCode.CLIENT_KEYS_NOT_ALLOWED,
                    "jwks_uri has to be an https URL on an allowed host (https-redirect-hosts), or send jwks");
        }
        return Decision.allow(keys);
    }

    /** The server fetches jwks_uri: only from hosts that the administrator knows. */
    private boolean isFetchable(String url) {
        return HttpsUrl.parse(url).filter(policy.redirects()::isAllowedHost).isPresent();
    }
}
