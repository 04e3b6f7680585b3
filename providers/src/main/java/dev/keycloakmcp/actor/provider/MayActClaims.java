package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.MayAct;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.provider.RealmActors;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The {@code may_act} claim that a mapper adds to the tokens of a user. */
final class MayActClaims {

    private MayActClaims() {}

    /** True when the mapper names a client neither itself nor by an attribute of users. */
    static boolean namesNobody(ProtocolMapperModel mapper) {
        return configured(mapper, McpMayActMapper.ACTOR).isEmpty()
                && configured(mapper, McpMayActMapper.ACTOR_ATTRIBUTE).isEmpty();
    }

    /** The claim; a client that is not there may not act, and nobody else may. */
    static Optional<Map<String, Object>> of(ProtocolMapperModel mapper, UserModel user, KeycloakSession session) {
        // A machine acts for nobody, and nobody for it.
        if (user.getServiceAccountClientLink() != null) {
            return Optional.empty();
        }
        return configured(mapper, McpMayActMapper.ACTOR)
                .or(() -> configured(mapper, McpMayActMapper.ACTOR_ATTRIBUTE)
                        .flatMap(name -> KeycloakModelUtils.resolveAttribute(user, name, false).stream()
                                .filter(value -> !value.isBlank())
                                .findFirst()))
                .map(clientId -> {
                    ClientModel client = session.getContext().getRealm().getClientByClientId(clientId.trim());
                    Optional<Actor> actor = Optional.ofNullable(client)
                            .map(found -> Actors.of(session, found))
                            .filter(found -> !new RealmActors(session).isAmbiguous(found));
                    return actor.map(MayAct::of).orElse(MayAct.NOBODY);
                })
                .map(MayAct::toClaim);
    }

    private static Optional<String> configured(ProtocolMapperModel mapper, String key) {
        return Optional.ofNullable(mapper.getConfig().get(key)).filter(value -> !value.isBlank());
    }
}
