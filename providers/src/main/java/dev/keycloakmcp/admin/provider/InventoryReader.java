package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.AgentFacts;
import dev.keycloakmcp.admin.ServerFacts;
import dev.keycloakmcp.admin.ServerInventory;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Reads what the inventory needs with three queries, whatever the number of clients. */
final class InventoryReader {

    private static final String SERVERS = """
            select c.id, c.clientId, c.enabled, a.name, a.value, c.registrationToken from ClientEntity c join c.attributes a
            where c.realmId = :realm and a.name in (:url, :scopes)
            and exists (select 1 from ClientAttributeEntity u where u.client = c and u.name = :url)
            """;

    private static final String AGENTS_SCOPES = """
            select c.clientId, s.name from ClientEntity c, ClientScopeClientMappingEntity m, ClientScopeEntity s
            where c.realmId = :realm and c.enabled = true and c.serviceAccountsEnabled = true
            and c.publicClient = false and c.bearerOnly = false and m.clientId = c.id and s.id = m.clientScopeId
            """;

    private static final String AGENTS_RESOURCES = """
            select c.clientId, a.value from ClientEntity c join c.attributes a
            where c.realmId = :realm and c.serviceAccountsEnabled = true and a.name = :name
            """;

    private final EntityManager entities;

    InventoryReader(KeycloakSession session) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    ServerInventory read(RealmModel realm) {
        return new ServerInventory(
                servers(realm),
                agents(realm),
                realm.getClientScopesStream()
                        .collect(Collectors.toMap(
                                ClientScopeModel::getName, ClientScopeModel::isIncludeInTokenScope, (a, b) -> a)));
    }

    List<ServerFacts> servers(RealmModel realm) {
        Map<String, ServerFacts> servers = new LinkedHashMap<>();
        for (Object[] row : entities.createQuery(SERVERS, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("url", McpAttributes.RESOURCE_URL)
                .setParameter("scopes", McpAttributes.SCOPES)
                .getResultList()) {
            boolean selfDeclared = row[5] != null;
            ServerFacts known = servers.getOrDefault(
                    (String) row[0], new ServerFacts((String) row[1], (Boolean) row[2], "", List.of(), selfDeclared));
            String value = Optional.ofNullable((String) row[4]).orElse("");
            servers.put(
                    (String) row[0],
                    McpAttributes.SCOPES.equals(row[3])
                            ? new ServerFacts(
                                    known.clientId(), known.enabled(), known.resourceUrl(), words(value), selfDeclared)
                            : new ServerFacts(known.clientId(), known.enabled(), value, known.scopes(), selfDeclared));
        }
        return List.copyOf(servers.values());
    }

    private List<AgentFacts> agents(RealmModel realm) {
        Map<String, Set<String>> scopes = new HashMap<>();
        for (Object[] row : entities.createQuery(AGENTS_SCOPES, Object[].class)
                .setParameter("realm", realm.getId())
                .getResultList()) {
            scopes.computeIfAbsent((String) row[0], id -> new HashSet<>()).add((String) row[1]);
        }
        Map<String, Set<ResourceIndicator>> resources = new HashMap<>();
        for (Object[] row : entities.createQuery(AGENTS_RESOURCES, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("name", McpAttributes.ALLOWED_RESOURCES)
                .getResultList()) {
            List<String> uris = words((String) row[1]);
            if (!uris.isEmpty()) {
                resources.put((String) row[0], indicators(uris));
            }
        }
        List<AgentFacts> agents = new ArrayList<>();
        scopes.forEach((clientId, names) ->
                agents.add(new AgentFacts(clientId, names, Optional.ofNullable(resources.get(clientId)))));
        return agents;
    }

    private static Set<ResourceIndicator> indicators(List<String> uris) {
        return uris.stream()
                .map(ResourceIndicator::parse)
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> words(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split("\\s+"))
                        .filter(word -> !word.isEmpty())
                        .toList();
    }
}
