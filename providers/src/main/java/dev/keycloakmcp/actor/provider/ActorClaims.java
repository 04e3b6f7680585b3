package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.IssuedToken;
import dev.keycloakmcp.actor.SignInActors;
import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.RealmActors;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;

/** The {@code act} claim that a mapper adds to tokens of a user's session. */
final class ActorClaims {

    private final KeycloakSession session;
    private final ProtocolMapperModel mapper;
    private final Optional<Actor> impersonator;
    private final TokenActors tokens;

    ActorClaims(KeycloakSession session, ProtocolMapperModel mapper, UserSessionModel userSession) {
        this.session = session;
        this.mapper = mapper;
        this.impersonator = RealmActors.impersonator(session.getContext().getRealm(), userSession);
        this.tokens = new TokenActors(session);
    }

    /** The actors of a token that is being issued. */
    Optional<ActorChain> issued(ClientSessionContext context) {
        DelegationState state = DelegationState.of(session);
        if (state.isHandedOver()) {
            return Optional.empty();
        }
        ClientModel client = context.getClientSession().getClient();
        TokenOrigin origin = TokenOrigin.of(context.getAttribute(Constants.GRANT_TYPE, String.class));
        Actor requester = Actors.of(session, client);
        return new IssuedToken(
                        origin,
                        state.chain(),
                        presented(origin, state),
                        requester,
                        new SignInActors(
                                McpActorMapper.stampsDelegated(mapper) ? Optional.of(requester) : Optional.empty(),
                                impersonator))
                .actors()
                .orElseThrow(deny -> {
                    McpRefusal.undo(session);
                    return new TokenInterceptorException(deny.reason().error(), deny.detail());
                });
    }

    private Optional<ActorChain> presented(TokenOrigin origin, DelegationState state) {
        return switch (origin) {
            case REFRESH -> tokens.in(tokens.parameter(OAuth2Constants.REFRESH_TOKEN), RefreshToken.class);
            // Where only the mapper is configured, Keycloak's own exchange verified the subject token.
            case EXCHANGE ->
                state.chain().isPresent()
                        ? Optional.empty()
                        : tokens.decode(tokens.parameter(OAuth2Constants.SUBJECT_TOKEN), AccessToken.class)
                                .flatMap(token -> TokenActors.in(token)
                                        .or(() -> tokens.unsaidClient(token).map(ActorChain::of)));
            case SIGN_IN, ASSERTION, OTHER -> Optional.empty();
        };
    }

    /** The claim of a token that is presented to the realm: what it says, or leaves out because it is lightweight. */
    Optional<Object> presented(@Nullable String encoded) {
        return tokens.decode(encoded, AccessToken.class).flatMap(token -> {
            Object claim = token.getOtherClaims().get(DelegationClaims.ACT);
            if (claim != null || !tokens.isLightweight(token)) {
                return Optional.ofNullable(claim);
            }
            Optional<Actor> client =
                    McpActorMapper.stampsDelegated(mapper) ? tokens.unsaidClient(token) : Optional.empty();
            return new SignInActors(client, impersonator).chain().map(ActorChain::toClaim);
        });
    }
}
