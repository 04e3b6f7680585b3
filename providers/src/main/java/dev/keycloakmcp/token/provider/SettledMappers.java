package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;

/**
 * A client session without the protocol mappers that write {@linkplain dev.keycloakmcp.policy.RealmClaims claims that are not
 * theirs}: those that are Keycloak's, and where a client registered itself, by a mapper of its own, those that are the
 * administrators'.
 */
public final class SettledMappers extends DelegatingClientSessionContext {

    private final List<ProtocolMapperModel> settled;

    private SettledMappers(ClientSessionContext context, List<ProtocolMapperModel> settled) {
        super(context);
        this.settled = settled;
    }

    /** The context itself where all its mappers may run, and in realms that do not use MCP policies. */
    public static ClientSessionContext of(KeycloakSession session, ClientSessionContext context) {
        if (!McpRealm.isOptedIn(session)) {
            return context;
        }
        List<ProtocolMapperModel> configured =
                context.getProtocolMappersStream().toList();
        List<ProtocolMapperModel> settled = configured.stream()
                .filter(mayRun(session, context.getClientSession().getClient()))
                .toList();
        return settled.size() == configured.size() ? context : new SettledMappers(context, settled);
    }

    /** True for mappers that may write into tokens of a client. */
    static Predicate<ProtocolMapperModel> mayRun(KeycloakSession session, ClientModel client) {
        Set<String> own = client.getRegistrationToken() == null
                ? Set.of()
                : client.getProtocolMappersStream()
                        .map(ProtocolMapperModel::getId)
                        .collect(Collectors.toSet());
        return mapper -> !MappedClaim.isKeycloaks(mapper)
                && !(own.contains(mapper.getId())
                        && MappedClaim.noClients(mapper).isPresent());
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        return settled.stream();
    }
}
