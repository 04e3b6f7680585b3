package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.Actor;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.RoleUtils;

/** Clients and users of Keycloak as actors, and the roles by which policies allow them. */
final class Actors {

    private Actors() {}

    /** The client as an actor. */
    static Actor of(KeycloakSession session, ClientModel client) {
        return of(client, account(session, client));
    }

    /** The client as an actor, with the service account that it has. */
    static Actor of(ClientModel client, @Nullable UserModel account) {
        return new Actor(account == null ? client.getClientId() : account.getId(), client.getClientId());
    }

    /** The service account of a client, if it has one. */
    static @Nullable UserModel account(KeycloakSession session, ClientModel client) {
        return client.isServiceAccountsEnabled() ? session.users().getServiceAccount(client) : null;
    }

    /** Names of the roles of an account, by which policies may allow an actor: those of a client begin with its client id. */
    static Set<String> roles(RealmModel realm, @Nullable UserModel account) {
        return account == null
                ? Set.of()
                : RoleUtils.getDeepUserRoleMappings(account).stream()
                        .flatMap(role -> name(realm, role).stream())
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Names of the roles of an actor of a chain. */
    static Set<String> roles(KeycloakSession session, Actor actor) {
        RealmModel realm = session.getContext().getRealm();
        return roles(realm, session.users().getUserById(realm, actor.subject()));
    }

    /** Empty where Keycloak takes the name for that of another role, as client ids and names of roles may hold dots. */
    private static Optional<String> name(RealmModel realm, RoleModel role) {
        String name = role.getContainer() instanceof ClientModel client
                ? client.getClientId() + "." + role.getName()
                : role.getName();
        return Optional.of(name)
                .filter(text ->
                        text.indexOf('.') < 0 || role.equals(KeycloakModelUtils.getRoleFromString(realm, text)));
    }
}
