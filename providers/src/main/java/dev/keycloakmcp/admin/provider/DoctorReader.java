package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.actor.provider.McpActorMapper;
import dev.keycloakmcp.actor.provider.McpDelegationPolicies;
import dev.keycloakmcp.admin.Doctor;
import dev.keycloakmcp.admin.RealmFacts;
import dev.keycloakmcp.admin.ServerInventory;
import dev.keycloakmcp.audit.provider.AuditSettings;
import dev.keycloakmcp.policy.RealmPolicies;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.resource.McpAttributes;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;

/** Reads what the doctor looks at, with a handful of queries, whatever the number of clients. */
final class DoctorReader {

    private static final String PUBLIC_CLIENTS = """
            select c.clientId, s.name, p.value from ClientEntity c
            join ClientScopeClientMappingEntity m on m.clientId = c.id
            join ClientScopeEntity s on s.id = m.clientScopeId
            left join c.attributes p on p.name = :pkce
            where c.realmId = :realm and c.enabled = true and c.publicClient = true and c.standardFlowEnabled = true
            and not exists (select 1 from ClientAttributeEntity r where r.client = c and r.name = :registration)
            """;

    private static final String MAPPERS = """
            select count(m) from ProtocolMapperEntity m left join m.client c left join m.clientScope s
            where m.protocolMapper = :mapper and (c.realmId = :realm or s.realmId = :realm)
            """;

    private static final String NAMED_AS_SERVERS = """
            select distinct c.clientId from ClientEntity c, ClientAttributeEntity u
            where c.realmId = :realm and u.client.realmId = :realm and u.name = :url and cast(u.value as string) = c.clientId
            and not exists (select 1 from c.attributes o where o.name = :url and cast(o.value as string) = c.clientId)
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    DoctorReader(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    RealmFacts read() {
        ServerInventory inventory = new InventoryReader(session).read(realm);
        return new RealmFacts(
                profiles(),
                inventory.page(0, inventory.size()),
                inventory.agentsWithUnknownResources(),
                new RegistrationFactsReader(session, realm).read(),
                publicClients(inventory.scopes()),
                new RealmFacts.Settings(
                        AuditSettings.isOn(realm),
                        AuditSettings.retentionDays(realm).isPresent(),
                        stampsActors(),
                        realm.isRevokeRefreshToken(),
                        Optional.ofNullable(realm.getLoginTheme()).orElse(""),
                        realm.getAccessTokenLifespan(),
                        namedAsServers(),
                        McpRealm.isStandalone(realm)));
    }

    private List<RealmFacts.Profile> profiles() {
        RealmPolicies policies = McpRealm.policies(session, realm);
        return policies.profiles().stream()
                .map(profile -> new RealmFacts.Profile(
                        profile.name(),
                        policies.isUsed(profile),
                        executors(profile),
                        McpDelegationPolicies.unknownActors(realm, profile).collect(Collectors.toSet())))
                .filter(profile -> !profile.executors().isEmpty())
                .toList();
    }

    /** Ids of executors, and whether all with that id only report. */
    private static Map<String, Boolean> executors(RealmPolicies.Profile profile) {
        Map<String, Boolean> executors = new HashMap<>();
        profile.executors().stream()
                .filter(executor -> Doctor.executorIds().contains(executor.providerId()))
                .forEach(executor ->
                        executors.merge(executor.providerId(), executor.onlyReports(), (one, other) -> one && other));
        return executors;
    }

    private List<RealmFacts.PublicClient> publicClients(Set<String> serverScopes) {
        Map<String, Boolean> requirePkce = new HashMap<>();
        for (Object[] row : entities()
                .createQuery(PUBLIC_CLIENTS, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("pkce", OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD)
                .setParameter("registration", McpAttributes.REGISTRATION)
                .getResultList()) {
            if (serverScopes.contains((String) row[1])) {
                requirePkce.put((String) row[0], "S256".equals(row[2]));
            }
        }
        return requirePkce.entrySet().stream()
                .map(client -> new RealmFacts.PublicClient(client.getKey(), client.getValue()))
                .toList();
    }

    private List<String> namedAsServers() {
        return entities()
                .createQuery(NAMED_AS_SERVERS, String.class)
                .setParameter("realm", realm.getId())
                .setParameter("url", McpAttributes.RESOURCE_URL)
                .getResultList();
    }

    private boolean stampsActors() {
        return entities()
                        .createQuery(MAPPERS, Long.class)
                        .setParameter("mapper", McpActorMapper.PROVIDER_ID)
                        .setParameter("realm", realm.getId())
                        .getSingleResult()
                > 0;
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
