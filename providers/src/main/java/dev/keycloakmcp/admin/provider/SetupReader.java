package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.actor.provider.McpActorMapper;
import dev.keycloakmcp.admin.RealmSetup;
import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.admin.SetupCheck;
import dev.keycloakmcp.audit.provider.AuditSettings;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.component.ComponentModel;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.theme.Theme;

/** Reads the set-up of a realm. */
final class SetupReader {

    private static final String SUSPENDED = """
            select c.clientId from ClientEntity c join c.attributes a
            where c.realmId = :realm and a.name = :name order by c.clientId
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    SetupReader(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    RealmSetup read() throws ClientPolicyException {
        StoredPolicies stored = StoredPolicies.of(session, realm);
        return new RealmSetup(
                scope().map(this::facts),
                stored.profileList().stream().map(SetupReader::facts).toList(),
                stored.policyList().stream().map(SetupReader::facts).toList(),
                registrationPolicies().map(ComponentModel::getSubType).toList(),
                AuditSettings.isOn(realm),
                console().map(this::facts),
                new RealmSetup.Theme(
                        Objects.requireNonNullElse(realm.getLoginTheme(), ""),
                        session.theme().nameSet(Theme.Type.LOGIN).contains(Setup.NAME)),
                SavedEvents.facts(realm),
                suspended()
                        .map(client -> new RealmSetup.Suspended(client.getClientId(), client.isEnabled()))
                        .toList(),
                McpRealm.isStandalone(realm));
    }

    Stream<ClientModel> suspended() {
        return session
                .getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(SUSPENDED, String.class)
                .setParameter("realm", realm.getId())
                .setParameter("name", McpAttributes.SUSPENDED)
                .getResultList()
                .stream()
                .map(realm::getClientByClientId)
                .filter(Objects::nonNull);
    }

    Optional<ClientScopeModel> scope() {
        return realm.getClientScopesStream()
                .filter(scope -> scope.getName().equals(Setup.SCOPE))
                .findFirst();
    }

    Stream<ComponentModel> registrationPolicies() {
        return realm.getComponentsStream(realm.getId(), ClientRegistrationPolicy.class.getName())
                .filter(component -> Setup.REGISTRATION.equals(component.getProviderId()));
    }

    Optional<ClientModel> console() {
        return Optional.ofNullable(realm.getClientByClientId(Setup.CONSOLE));
    }

    /** The admin roles that the audit page asks with. */
    Stream<RoleModel> consoleRoles() {
        ClientModel management = realm.getName().equals(Config.getAdminRealm())
                ? realm.getMasterAdminClient()
                : realm.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID);
        return SetupCheck.CONSOLE_ROLES.stream().map(management::getRole).filter(Objects::nonNull);
    }

    private RealmSetup.Scope facts(ClientScopeModel scope) {
        return new RealmSetup.Scope(
                realm.getDefaultClientScopesStream(true)
                        .anyMatch(each -> each.getId().equals(scope.getId())),
                scope.getProtocolMappersStream()
                        .anyMatch(mapper -> McpActorMapper.PROVIDER_ID.equals(mapper.getProtocolMapper())));
    }

    static RealmSetup.Profile facts(ClientProfileRepresentation profile) {
        return new RealmSetup.Profile(
                profile.getName(),
                StoredPolicies.executors(profile).stream()
                        .map(executor -> new RealmSetup.Executor(
                                executor.getExecutorProviderId(), StoredPolicies.onlyReports(executor)))
                        .toList());
    }

    static RealmSetup.Policy facts(ClientPolicyRepresentation policy) {
        return new RealmSetup.Policy(
                policy.getName(),
                Boolean.TRUE.equals(policy.isEnabled()),
                StoredPolicies.list(policy.getConditions()).stream()
                        .map(ClientPolicyConditionRepresentation::getConditionProviderId)
                        .toList(),
                StoredPolicies.list(policy.getProfiles()));
    }

    private RealmSetup.Console facts(ClientModel client) {
        return new RealmSetup.Console(
                client.isEnabled()
                        // Whoever registered it would decide where the answers of administrators go.
                        && !ClientOrigin.changesItself(client)
                        && client.isPublicClient()
                        && client.isStandardFlowEnabled()
                        && client.getRedirectUris().contains(SetupParts.page(realm)),
                "S256".equals(client.getAttribute(OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD)),
                consoleRoles().filter(client::hasScope).map(RoleModel::getName).collect(Collectors.toSet()));
    }
}
