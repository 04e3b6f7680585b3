package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what the client of a metadata document comes to: what it would come to had it registered. A document is one for all
 * servers, so what this one does not grant is left out where enough remains; what would harm is refused.
 */
public final class DocumentRule {

    /** Members that would be a secret which everybody can read (draft section 4.1). */
    private static final List<String> SECRETS = List.of("client_secret", "client_secret_expires_at");

    private static final String CLIENT_ID = "client_id";

    /** Redirect URIs that other servers may take. */
    private static final Set<ReasonCode> NOT_HERE = Set.of(
            ReasonCode.REDIRECT_HOST_NOT_ALLOWED,
            ReasonCode.REDIRECT_LOOPBACK_NOT_ALLOWED,
            ReasonCode.REDIRECT_SCHEME_NOT_ALLOWED);

    private final RegistrationPolicy policy;
    private final AvailableScopes scopes;

    /**
     * The rule.
     *
     * @param policy the policy for anonymous registration
     */
    public DocumentRule(RegistrationPolicy policy, AvailableScopes scopes) {
        this.policy = policy;
        this.scopes = scopes;
    }

    /**
     * Decides about a document.
     *
     * @param url where it was fetched
     * @param members its JSON object: maps, lists, strings, numbers, booleans and nulls
     */
    public Decision<Registration> decide(DocumentUrl url, Map<String, ?> members) {
        if (!url.text().equals(members.get(CLIENT_ID))) {
            return Decision.deny(
                    ReasonCode.CLIENT_IDENTITY_MISMATCH,
                    "client_id of the document has to be its URL, to the letter: " + Quoted.of(url.text()));
        }
        if (SECRETS.stream().anyMatch(member -> members.get(member) != null)) {
            return Decision.deny(
                    ReasonCode.AUTH_METHOD_NOT_ALLOWED, "a document is public, and cannot hold a client_secret");
        }
        RegistrationPolicy own = policy.alsoAt(url.place());
        return DocumentAuthMethod.of(members, own.confidentialClients())
                .then(method -> ClientMetadataReader.read(members).map(request -> request.withAuthMethod(method.value())
                        .withRedirectUris(usable(request.redirectUris(), own.redirects()))))
                .then(request -> new RegistrationRule(own, scopes).decide(request));
    }

    /** Those that may be used here; all of them where none may, so that the rule says why. */
    private static List<String> usable(List<String> redirectUris, RedirectUriRule rule) {
        List<String> usable = redirectUris.stream()
                .filter(uri -> !NOT_HERE.contains(rule.decide(uri).reason()))
                .toList();
        return usable.isEmpty() ? redirectUris : usable;
    }

    /** True when everything that the client may be led to is on the computer of whoever signs in: any program may be there. */
    public static boolean isLoopbackOnly(Registration registration) {
        return registration.redirectUris().stream().map(RedirectUri::stored).allMatch(RedirectUri::isLoopback);
    }
}
