package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.ExchangeMark;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.policy.provider.TokenSubject;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.oidc.encode.AccessTokenContext;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.utils.StringUtil;

/** The actors of tokens that the realm issued: those a token says, and those it leaves to introspection to say. */
final class TokenActors {

    private final KeycloakSession session;

    TokenActors(KeycloakSession session) {
        this.session = session;
    }

    /** The chain that a token says. */
    static Optional<ActorChain> in(JsonWebToken token) {
        return ActorChain.read(token.getOtherClaims().get(DelegationClaims.ACT));
    }

    /** The chain that a signed token says; empty where its signature is not the realm's. */
    Optional<ActorChain> in(@Nullable String encoded, Class<? extends JsonWebToken> type) {
        return decode(encoded, type).flatMap(TokenActors::in);
    }

    /** A token that the realm signed. Neither its expiry nor its session are checked. */
    <T extends JsonWebToken> Optional<T> decode(@Nullable String encoded, Class<T> type) {
        return Optional.ofNullable(encoded).map(token -> session.tokens().decode(token, type));
    }

    /** A parameter of the request's form, as Keycloak's token endpoint reads it. */
    @Nullable String parameter(String name) {
        return StringUtil.removeControlCharacters(
                session.getContext().getHttpRequest().getDecodedFormParameters().getFirst(name));
    }

    /**
     * True when somebody acts or may act by a token: it says so, truly or not, or is of this realm and leaves it to
     * introspection to say so.
     */
    boolean areBehind(@Nullable String encoded) {
        return DelegationClaims.areClaimedBy(encoded)
                || decode(encoded, AccessToken.class)
                        .filter(token -> unsaidClient(token).isPresent()
                                || impersonator(token).isPresent())
                        .isPresent();
    }

    /** An access token made of an exchanged one is delegated as well, whatever its own grant was. */
    TokenOrigin origin(AccessToken token) {
        return ExchangeMark.isOn(token)
                ? TokenOrigin.EXCHANGE
                : TokenOrigin.of(context(token).getGrantType());
    }

    boolean isLightweight(AccessToken token) {
        return context(token).getTokenType() == AccessTokenContext.TokenType.LIGHTWEIGHT;
    }

    /** A client as an actor, where a mapper says that it acts for its users, or would have said so by the realm's defaults. */
    Optional<Actor> acting(ClientModel client) {
        // A token does not name the optional scopes that are invisible in it, of which one may have the mapper.
        return Optional.of(client)
                .filter(it -> isUnstamped(it) || mappers(it, true, false).anyMatch(McpActorMapper::stampsDelegated))
                .map(it -> Actors.of(session, it));
    }

    /** A client that registered itself without the mapper that clients of the realm have by default acts like these. */
    private boolean isUnstamped(ClientModel client) {
        return ClientOrigin.changesItself(client)
                && mappers(client, true)
                        .filter(McpActorMapper::stampsDelegated)
                        .noneMatch(OIDCAttributeMapperHelper::includeInAccessToken)
                && session.getContext()
                        .getRealm()
                        .getDefaultClientScopesStream(true)
                        .flatMap(ClientScopeModel::getProtocolMappersStream)
                        .anyMatch(McpActorMapper::stampsDelegated);
    }

    private Optional<ClientModel> client(JsonWebToken token) {
        return Optional.ofNullable(session.getContext().getRealm().getClientByClientId(token.getIssuedFor()));
    }

    /** True when tokens that a client exchanges say who acts, whatever scope it asks for. */
    static boolean stampsExchanged(ClientModel client) {
        return mappers(client, true)
                .filter(mapper -> McpActorMapper.PROVIDER_ID.equals(mapper.getProtocolMapper()))
                .anyMatch(OIDCAttributeMapperHelper::includeInAccessToken);
    }

    /** True for lightweight tokens of a sign-in, which leave it to introspection to say who acts. */
    boolean isLeftToIntrospection(AccessToken token) {
        return isLightweight(token) && origin(token).isUserSignIn();
    }

    /** The client that acts by a token of a sign-in that does not say so, or leaves it to introspection. */
    Optional<Actor> unsaidClient(AccessToken token) {
        return isLeftToIntrospection(token)
                ? client(token).flatMap(this::acting)
                : client(token)
                        .filter(client -> origin(token).isUserSignIn() && isUnstamped(client))
                        .flatMap(this::acting);
    }

    /** The client that acts by an ID token, which need not say so. */
    Optional<Actor> signInClient(JsonWebToken idToken) {
        return client(idToken).flatMap(this::acting);
    }

    /** The administrator who took over the session that a token belongs to. */
    Optional<Actor> impersonator(AccessToken token) {
        return TokenSubject.session(session, token)
                .flatMap(login -> RealmActors.impersonator(session.getContext().getRealm(), login));
    }

    private static Stream<ProtocolMapperModel> mappers(ClientModel client, Boolean... defaults) {
        return Stream.concat(
                        Stream.<ClientScopeModel>of(client),
                        Stream.of(defaults).flatMap(which -> client.getClientScopes(which).values().stream()))
                .flatMap(ClientScopeModel::getProtocolMappersStream);
    }

    private AccessTokenContext context(AccessToken token) {
        return session.getProvider(TokenContextEncoderProvider.class)
                .getTokenContextFromTokenId(Objects.requireNonNullElse(token.getId(), ""));
    }
}
