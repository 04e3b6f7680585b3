package dev.keycloakmcp.policy.provider;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RealmModelDelegate;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.util.JsonSerialization;

/**
 * A realm with the client profiles and policies that it is to have, whichever form it stores them in. What is written here
 * is stored in the form that Keycloak can use without this extension.
 */
public final class WholePolicies extends RealmModelDelegate {

    private final KeycloakSession session;
    private final RealmModel realm;

    public WholePolicies(KeycloakSession session, RealmModel realm) {
        super(realm);
        this.session = session;
        this.realm = realm;
    }

    /** The profiles with everything in its place: another realm, or this one without the extension, may have stored them. */
    public static ClientProfilesRepresentation of(ClientProfilesRepresentation profiles) throws ClientPolicyException {
        return of(StandaloneForm.PROFILES, profiles, ClientProfilesRepresentation.class);
    }

    /** The policies with everything in its place. */
    public static ClientPoliciesRepresentation of(ClientPoliciesRepresentation policies) throws ClientPolicyException {
        return of(StandaloneForm.POLICIES, policies, ClientPoliciesRepresentation.class);
    }

    private static <T> T of(StandaloneForm form, T representation, Class<T> type) throws ClientPolicyException {
        try {
            String stored = JsonSerialization.writeValueAsString(representation);
            String whole = Objects.requireNonNull(form.whole(stored));
            return whole.equals(stored) ? representation : JsonSerialization.readValue(whole, type);
        } catch (IOException e) {
            throw new ClientPolicyException(e.getMessage());
        }
    }

    @Override
    public @Nullable String getAttribute(String name) {
        return switch (name) {
            case Constants.CLIENT_PROFILES -> whole().profiles();
            case Constants.CLIENT_POLICIES -> whole().policies();
            default -> super.getAttribute(name);
        };
    }

    @Override
    public void setAttribute(String name, @Nullable String value) {
        super.setAttribute(
                name,
                switch (name) {
                    case Constants.CLIENT_PROFILES -> StandaloneForm.PROFILES.stored(value);
                    case Constants.CLIENT_POLICIES -> StandaloneForm.POLICIES.stored(value);
                    default -> value;
                });
    }

    private ParsedPolicies.Source whole() {
        return session.getProvider(RealmPolicyRegistry.class).whole(realm);
    }
}
