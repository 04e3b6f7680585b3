package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;

/** The session of an exchange whose audience, where it names one, is the target, as it is where policies are enforced. */
final class TargetAudienceContext extends DelegatingClientSessionContext {

    private final String target;

    /** @param target id of the server's client */
    TargetAudienceContext(ClientSessionContext full, String target) {
        super(full);
        this.target = target;
    }

    @Override
    public <T> T getAttribute(String attribute, Class<T> type) {
        T value = super.getAttribute(attribute, type);
        return value != null && Constants.REQUESTED_AUDIENCE_CLIENTS.equals(attribute)
                ? type.cast(Stream.ofNullable(getClientSession().getRealm().getClientById(target))
                        .toArray(ClientModel[]::new))
                : value;
    }
}
