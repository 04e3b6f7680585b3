package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.policy.SuspensionTime;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.support.StoredText;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.jose.jws.crypto.HashUtils;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Client ids of clients that an administrator suspended, and that then went: deleted, replaced by an import, or renamed.
 * Tokens name a client by its id, so another client with the id would give life to those that the stopped one acted in. It
 * is suspended as that one was, however it comes, until an administrator lets it go on.
 */
final class StoppedClients {

    private final KeycloakSession session;

    StoppedClients(KeycloakSession session) {
        this.session = session;
    }

    /** A client leaves its id, by whomever. */
    void left(ClientModel client, String clientId) {
        @Nullable String reason = client.getAttribute(McpAttributes.SUSPENDED);
        if (reason == null) {
            return;
        }
        String id = id(client.getRealm(), clientId);
        @Nullable StoppedClientEntity known = entities().find(StoppedClientEntity.class, id);
        StoppedClientEntity stopped = known == null ? new StoppedClientEntity() : known;
        stopped.id = id;
        stopped.realmId = client.getRealm().getId();
        stopped.reason = StoredText.fit(reason, StoppedClientEntity.LONGEST_REASON);
        stopped.suspendedAt = fit(client.getAttribute(McpAttributes.SUSPENDED_AT), StoppedClientEntity.LONGEST_TIME);
        stopped.suspendedBy = fit(client.getAttribute(McpAttributes.SUSPENDED_BY), StoppedClientEntity.LONGEST_NAME);
        if (known == null) {
            entities().persist(stopped);
        }
    }

    /** A client is there, or has another id than before: what is remembered of the id goes over to it. */
    void arrived(ClientModel client) {
        if (SuspensionTime.of(
                        client.getAttribute(McpAttributes.SUSPENDED_AT), client.getAttribute(McpAttributes.LIFTED))
                .isStale()) {
            // An administrator let it go on, and somebody saved a page that was opened before.
            Stream.of(McpAttributes.SUSPENDED, McpAttributes.SUSPENDED_AT, McpAttributes.SUSPENDED_BY)
                    .forEach(client::removeAttribute);
        }
        @Nullable StoppedClientEntity stopped = find(client.getRealm(), client.getClientId());
        if (stopped == null) {
            return;
        }
        if (client.getAttribute(McpAttributes.SUSPENDED) == null) {
            client.setAttribute(McpAttributes.SUSPENDED, stopped.reason == null ? "" : stopped.reason);
            client.setAttribute(McpAttributes.SUSPENDED_AT, stopped.suspendedAt);
            client.setAttribute(McpAttributes.SUSPENDED_BY, stopped.suspendedBy);
            client.removeAttribute(McpAttributes.LIFTED);
        }
        entities().remove(stopped);
    }

    /** True when no client may register with the id. */
    boolean contain(RealmModel realm, String clientId) {
        return find(realm, clientId) != null;
    }

    void forgetRealm(RealmModel realm) {
        entities()
                .createQuery("delete from StoppedClientEntity c where c.realmId = :realm")
                .setParameter("realm", realm.getId())
                .executeUpdate();
    }

    private @Nullable StoppedClientEntity find(RealmModel realm, String clientId) {
        return entities().find(StoppedClientEntity.class, id(realm, clientId));
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    private static @Nullable String fit(@Nullable String text, int longest) {
        return text == null ? null : StoredText.fit(text, longest);
    }

    private static String id(RealmModel realm, String clientId) {
        return HashUtils.sha256UrlEncodedHash(realm.getId() + ":" + clientId, StandardCharsets.UTF_8);
    }
}
