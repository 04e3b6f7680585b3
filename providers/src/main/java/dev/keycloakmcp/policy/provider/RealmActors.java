package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.KnownActors;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** The actors that the realm of the request knows. */
public final class RealmActors implements KnownActors {

    private final KeycloakSession session;
    private final RealmModel realm;

    public RealmActors(KeycloakSession session) {
        this.session = session;
        this.realm = session.getContext().getRealm();
    }

    /**
     * The administrator who took over the session of a user. Keycloak does not keep through which client administrators do that, so the
     * admin console stands for it.
     */
    public static Optional<Actor> impersonator(RealmModel realm, UserSessionModel userSession) {
        String id = userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString());
        if (id == null) {
            return Optional.empty();
        }
        String through = userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_CLIENT.toString());
        ClientModel client = through == null ? null : realm.getClientById(through);
        return Optional.of(new Actor(id, client == null ? KnownActors.ADMIN_CONSOLE : client.getClientId()));
    }

    /** A chain with the client ids of those whom Keycloak names by the id of their service account alone. */
    public ActorChain named(ActorChain chain) {
        return chain.renamed(this::named);
    }

    /** An actor with its client id, where it is named by the id of its service account alone. */
    Actor named(Actor actor) {
        UserModel account = actor.hasOneName() ? session.users().getUserById(realm, actor.subject()) : null;
        String serviceOf = account == null ? null : account.getServiceAccountClientLink();
        ClientModel client = serviceOf == null ? null : realm.getClientById(serviceOf);
        return client == null ? actor : new Actor(actor.subject(), client.getClientId());
    }

    @Override
    public Standing client(String clientId) {
        ClientModel client = realm.getClientByClientId(clientId);
        if (client == null) {
            return Standing.UNKNOWN;
        }
        return client.isEnabled() && client.getAttribute(McpAttributes.SUSPENDED) == null
                ? Standing.ACTIVE
                : Standing.STOPPED;
    }

    @Override
    public Standing account(Actor actor) {
        UserModel user = session.users().getUserById(realm, actor.subject());
        return user != null && !isAccountOf(user, actor) ? Standing.OF_ANOTHER : standing(user);
    }

    @Override
    public Standing administrator(String userId) {
        RealmModel administration = session.realms().getRealmByName(Config.getAdminRealm());
        return administration == null
                ? Standing.UNKNOWN
                : standing(session.users().getUserById(administration, userId));
    }

    /** True for the id of an account of the realm, or of an administrator of all realms. */
    public boolean isOfAccount(String id) {
        return session.users().getUserById(realm, id) != null || administrator(id) != Standing.UNKNOWN;
    }

    private static Standing standing(UserModel user) {
        if (user == null) {
            return Standing.UNKNOWN;
        }
        return user.isEnabled() ? Standing.ACTIVE : Standing.STOPPED;
    }

    /** A service account belongs to one client, also when that was renamed; a person is no client. */
    private boolean isAccountOf(UserModel user, Actor actor) {
        String serviceOf = user.getServiceAccountClientLink();
        ClientModel named = realm.getClientByClientId(actor.clientId());
        if (serviceOf != null) {
            return named != null && named.getId().equals(serviceOf);
        }
        return !actor.hasOneName() || named == null;
    }
}
