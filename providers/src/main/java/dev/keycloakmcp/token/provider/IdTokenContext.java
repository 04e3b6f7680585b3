package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.stream.Stream;
import org.keycloak.models.ProtocolMapperModel;

/** A narrowed client session as it makes an ID token, which is the client's and not the server's. */
final class IdTokenContext extends DelegatingClientSessionContext {

    private final NarrowedClientSessionContext bound;

    IdTokenContext(NarrowedClientSessionContext bound) {
        super(bound);
        this.bound = bound;
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        return Stream.concat(super.getProtocolMappersStream(), bound.identityMappers())
                .distinct();
    }
}
