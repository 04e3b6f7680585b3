package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.RealmFacts;
import dev.keycloakmcp.audit.provider.RefusedClients;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.provider.DefaultResources;
import dev.keycloakmcp.registration.provider.RegisteredClientAdmin;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyManager;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.services.clientregistration.policy.impl.TrustedHostClientRegistrationPolicyFactory;

/** Reads what the doctor looks at where MCP clients may register. */
final class RegistrationFactsReader {

    private static final int MOST_REFUSED = 100;
    private static final String PROTOCOL_VERSION = "MCP-Protocol-Version";

    private final KeycloakSession session;
    private final RealmModel realm;

    RegistrationFactsReader(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** Empty where they may not. */
    Optional<RealmFacts.RegistrationFacts> read() {
        return new RegisteredClientAdmin(session, realm)
                .quota()
                .map(quota -> new RealmFacts.RegistrationFacts(
                        quota.clients(),
                        quota.most(),
                        isStockRegistrationOpen(),
                        target(DefaultResources.of(session, realm)),
                        isProtocolVersionAllowed()));
    }

    private RealmFacts.RegistrationFacts.Target target(DefaultResources defaults) {
        return new RealmFacts.RegistrationFacts.Target(
                defaults.all(),
                defaults.lost(),
                new AuditQuestions(session, realm)
                        .askForPart(current ->
                                new RefusedClients(current, realm).because(ReasonCode.RESOURCE_AMBIGUOUS, MOST_REFUSED))
                        .orElse(List.of()));
    }

    /** True when anybody may register clients at Keycloak's own endpoints. */
    private boolean isStockRegistrationOpen() {
        return realm.getComponentsStream(realm.getId(), ClientRegistrationPolicy.class.getName())
                .filter(component -> ClientRegistrationPolicyManager.getComponentTypeKey(RegistrationAuth.ANONYMOUS)
                        .equals(component.getSubType()))
                .noneMatch(component ->
                        TrustedHostClientRegistrationPolicyFactory.PROVIDER_ID.equals(component.getProviderId()));
    }

    /** As Keycloak's own provider reads the option. */
    private static boolean isProtocolVersionAllowed() {
        String[] headers = Config.scope("cors", "default").getArray("allowedHeaders");
        return Stream.ofNullable(headers)
                .flatMap(Stream::of)
                .map(String::trim)
                .anyMatch(PROTOCOL_VERSION::equalsIgnoreCase);
    }
}
