package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/** A client session with one more mapper, the last, which takes away what others say about actors. */
final class GuardedClientSessionContext extends DelegatingClientSessionContext {

    GuardedClientSessionContext(ClientSessionContext unguarded) {
        super(unguarded);
    }

    private static ProtocolMapperModel guard() {
        ProtocolMapperModel guard = new ProtocolMapperModel();
        guard.setName("guard");
        guard.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        guard.setProtocolMapper(DelegationClaims.ACTOR_MAPPER);
        guard.setConfig(Map.of(DelegationClaims.GUARD, Boolean.TRUE.toString()));
        return guard;
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        // In the order of a list, as mappers of one priority keep theirs.
        List<ProtocolMapperModel> configured = super.getProtocolMappersStream().toList();
        return Stream.concat(configured.stream(), Stream.of(guard()));
    }
}
