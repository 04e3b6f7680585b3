package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.Constants;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.RoleUtils;
import org.keycloak.protocol.oidc.encode.AccessTokenContext;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;

/** Actors as Keycloak knows them. */
final class Actors {

    private Actors() {}

    /** The client as an actor. */
    static Actor of(KeycloakSession session, ClientModel client) {
        UserModel account = account(session, client);
        return new Actor(account == null ? client.getClientId() : account.getId(), client.getClientId());
    }

    static @Nullable UserModel account(KeycloakSession session, ClientModel client) {
        return client.isServiceAccountsEnabled() ? session.users().getServiceAccount(client) : null;
    }

    /** The chain in a token that was verified. */
    static Optional<ActorChain> in(JsonWebToken token) {
        return ActorChain.read(token.getOtherClaims().get(DelegationClaims.ACT));
    }

    /**
     * Who took over the session of a user. Keycloak does not keep through which client administrators do that, so the
     * admin console stands for it.
     */
    static Optional<Actor> impersonator(RealmModel realm, UserSessionModel userSession) {
        String id = userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString());
        if (id == null) {
            return Optional.empty();
        }
        String through = userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_CLIENT.toString());
        ClientModel client = through == null ? null : realm.getClientById(through);
        return Optional.of(new Actor(id, client == null ? Constants.ADMIN_CONSOLE_CLIENT_ID : client.getClientId()));
    }

    /** The actors of a sign-in: the client, if it says so, and before it whoever took over the session. */
    static Optional<ActorChain> ofSignIn(Optional<Actor> client, Optional<Actor> impersonator) {
        List<Actor> actors = new ArrayList<>();
        client.ifPresent(actors::add);
        impersonator.ifPresent(actors::add);
        return actors.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(actors));
    }

    /** Whether a token was issued at a sign-in or its refresh, rather than by an exchange or to a machine. */
    static boolean isOfSignIn(KeycloakSession session, AccessToken token) {
        String grant = context(session, token).getGrantType();
        return isSignIn(grant) || OAuth2Constants.REFRESH_TOKEN.equals(grant);
    }

    /** Whether people let a client act for them on a page or a device of Keycloak's, in the course of that grant. */
    static boolean isSignIn(@Nullable String grant) {
        return OAuth2Constants.AUTHORIZATION_CODE.equals(grant)
                || OAuth2Constants.DEVICE_CODE_GRANT_TYPE.equals(grant)
                || OAuth2Constants.CIBA_GRANT_TYPE.equals(grant);
    }

    static boolean isOfExchange(KeycloakSession session, AccessToken token) {
        return OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(
                context(session, token).getGrantType());
    }

    static boolean isLightweight(KeycloakSession session, AccessToken token) {
        return context(session, token).getTokenType() == AccessTokenContext.TokenType.LIGHTWEIGHT;
    }

    /** The client that a token was issued to, if a mapper says that it acts for the users who sign in to it. */
    static Optional<Actor> signInClient(KeycloakSession session, JsonWebToken token) {
        ClientModel client = session.getContext().getRealm().getClientByClientId(token.getIssuedFor());
        return Optional.ofNullable(client)
                .filter(issuedFor -> mappers(issuedFor).anyMatch(McpActorMapper::stampsDelegated))
                .map(issuedFor -> of(session, issuedFor));
    }

    private static Stream<ProtocolMapperModel> mappers(ClientModel client) {
        return Stream.concat(Stream.<ClientScopeModel>of(client), client.getClientScopes(true).values().stream())
                .flatMap(ClientScopeModel::getProtocolMappersStream);
    }

    private static AccessTokenContext context(KeycloakSession session, AccessToken token) {
        return session.getProvider(TokenContextEncoderProvider.class)
                .getTokenContextFromTokenId(Objects.requireNonNullElse(token.getId(), ""));
    }

    /** Those of the actors who were disabled, deleted or suspended. */
    static Set<Actor> inactive(KeycloakSession session, Stream<Actor> actors) {
        return actors.filter(actor -> !isActive(session, actor)).collect(Collectors.toSet());
    }

    private static boolean isActive(KeycloakSession session, Actor actor) {
        RealmModel realm = session.getContext().getRealm();
        ClientModel client = realm.getClientByClientId(actor.clientId());
        if (client == null && actor.subject().equals(actor.clientId())) {
            // Keycloak names people who act without a client.
            UserModel person = session.users().getUserById(realm, actor.subject());
            return person != null && person.isEnabled();
        }
        if (client == null || !client.isEnabled() || client.getAttribute(McpAttributes.SUSPENDED) != null) {
            return false;
        }
        if (actor.subject().equals(actor.clientId())) {
            return true;
        }
        UserModel account = session.users().getUserById(realm, actor.subject());
        // Administrators of another realm may take over sessions of this one.
        return account == null ? Constants.ADMIN_CONSOLE_CLIENT_ID.equals(actor.clientId()) : account.isEnabled();
    }

    /** What policies may allow an actor by: its client id, and the roles of its account. */
    static Set<String> names(String clientId, @Nullable UserModel account) {
        Stream<String> roles = account == null
                ? Stream.of()
                : RoleUtils.getDeepUserRoleMappings(account).stream().map(Actors::name);
        return Stream.concat(Stream.of(clientId), roles).collect(Collectors.toUnmodifiableSet());
    }

    /** What policies may allow an actor of a chain by. */
    static Set<String> names(KeycloakSession session, Actor actor) {
        RealmModel realm = session.getContext().getRealm();
        return names(actor.clientId(), session.users().getUserById(realm, actor.subject()));
    }

    private static String name(RoleModel role) {
        return role.getContainer() instanceof ClientModel client
                ? client.getClientId() + "." + role.getName()
                : role.getName();
    }
}
