package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Reads a realm's MCP servers with one query, whatever the number of clients, and only when the cache is cold. */
final class JpaMcpServerRegistry implements McpServerRegistry {

    /**
     * Client attributes by key; Keycloak's client provider only searches by key and value. One row per attribute.
     */
    private static final String QUERY = """
            select c.id, c.clientId, a.name, a.value
            from ClientEntity c join c.attributes a
            where c.realmId = :realm and c.enabled = true and a.name in (:url, :scopes)
            and exists (select 1 from ClientAttributeEntity u where u.client = c and u.name = :url)
            """;

    private static final String DECLARED = """
            select count(a) from ClientAttributeEntity a
            where a.client.realmId = :realm and a.name = :name and cast(a.value as string) = :url
            """;

    private final KeycloakSession session;
    private final McpServerCache cache;

    JpaMcpServerRegistry(KeycloakSession session, McpServerCache cache) {
        this.session = session;
        this.cache = cache;
    }

    @Override
    public McpServers servers(RealmModel realm) {
        return McpServerInvalidation.isPending(session, realm.getId())
                ? load(realm)
                : cache.get(realm.getId(), () -> load(realm));
    }

    @Override
    public boolean isDeclared(RealmModel realm, String resourceUrl) {
        return session.getProvider(JpaConnectionProvider.class)
                        .getEntityManager()
                        .createQuery(DECLARED, Long.class)
                        .setParameter("realm", realm.getId())
                        .setParameter("name", McpAttributes.RESOURCE_URL)
                        .setParameter("url", resourceUrl)
                        .getSingleResult()
                > 0;
    }

    private McpServers load(RealmModel realm) {
        EntityManager entities =
                session.getProvider(JpaConnectionProvider.class).getEntityManager();
        Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
        Map<String, String> clientIds = new LinkedHashMap<>();
        for (Object[] row : entities.createQuery(QUERY, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("url", McpAttributes.RESOURCE_URL)
                .setParameter("scopes", McpAttributes.SCOPES)
                .getResultList()) {
            String id = (String) row[0];
            clientIds.put(id, (String) row[1]);
            if (row[3] != null) {
                attributes.computeIfAbsent(id, i -> new LinkedHashMap<>()).put((String) row[2], (String) row[3]);
            }
        }
        List<McpServer> servers = new ArrayList<>();
        attributes.forEach((id, values) -> {
            String url = values.getOrDefault(McpAttributes.RESOURCE_URL, "");
            ResourceIndicator.parse(url)
                    .ifPresent(indicator -> servers.add(new McpServer(
                            id,
                            clientIds.getOrDefault(id, ""),
                            url,
                            indicator,
                            ScopeParameter.names(values.get(McpAttributes.SCOPES))
                                    .orElse(Set.of()))));
        });
        return McpServers.of(servers);
    }
}
