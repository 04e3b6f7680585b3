package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.registration.RegistrationRule;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.urls.UrlType;
import org.keycloak.validation.ValidationUtil;

/**
 * A request to the endpoint: who sends it, the rules it goes by, and the way it is answered.
 *
 * @param auth the tokens of the request, as Keycloak verified them
 */
record RegistrationCall(
        KeycloakSession session,
        ClientRegistrationProvider provider,
        ClientRegistrationAuth auth,
        EventBuilder event,
        RegistrationRefusal refusal) {

    static final String REGISTRATION_ACCESS_TOKEN = "registration_access_token";

    RealmModel realm() {
        return session.getContext().getRealm();
    }

    RegistrationAccess access() {
        return new RegistrationAccess(session, auth, refusal);
    }

    /** The configuration for a kind of registration; refuses where the realm has none. */
    RegistrationConfiguration configuration(RegistrationAuth kind) {
        return RegistrationConfiguration.of(realm(), kind)
                .orElseThrow(() -> kind == RegistrationAuth.ANONYMOUS
                        ? refusal.refuse(
                                ReasonCode.REGISTRATION_TOKEN_INVALID,
                                "anonymous registration is off; send an initial access token")
                        : refusal.refuse(ReasonCode.REGISTRATION_NOT_ALLOWED, "authenticated registration is off"));
    }

    /** The configuration for a client, by the way it registered. */
    RegistrationConfiguration configuration(ClientModel client) {
        return configuration(Provenance.of(client).orElse(RegistrationAuth.ANONYMOUS));
    }

    RegistrationRule rule(RegistrationPolicy policy) {
        return new RegistrationRule(
                policy, RegisteredClientScopes.of(session, realm()).of(policy));
    }

    /** Asks the realm's client policies; refuses where one does. */
    void askClientPolicies(ClientPolicyContext question) {
        try {
            session.clientPolicy().triggerOnEvent(question);
        } catch (ClientPolicyException e) {
            throw refusal.refuse(ReasonCode.CLIENT_POLICY_REFUSED, e.getError(), e.getErrorDetail());
        }
    }

    /** Refuses a client that Keycloak's own validation does not take. */
    void validate(ClientModel client, boolean created) {
        ValidationUtil.validateClient(session, client, created, result -> {
            throw refusal.refuse(
                    result.fieldHasError("redirectUris")
                            ? ReasonCode.REDIRECT_URI_MALFORMED
                            : ReasonCode.METADATA_MALFORMED,
                    result.getAllErrorsAsString());
        });
    }

    /** Writes the event of a request that succeeded. */
    void succeed(ClientModel client, ReasonCode reason) {
        DecisionEvents.outcome(event.client(client.getClientId()), Outcome.ALLOW, reason)
                .success();
    }

    /** The members of a client in answers (RFC 7591 3.2.1). */
    Map<String, Object> describe(ClientModel client) {
        return new ClientReader(session).read(client, uri(client));
    }

    Response answerCreated(ClientModel client, Map<String, Object> members) {
        return answer(Response.created(uri(client)), members);
    }

    Response answer(Map<String, Object> members) {
        return answer(Response.ok(), members);
    }

    private static Response answer(Response.ResponseBuilder response, Map<String, Object> members) {
        return response.entity(members)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private URI uri(ClientModel client) {
        return Urls.clientRegistration(
                session.getContext().getUri(UrlType.BACKEND).getBaseUri(),
                client.getRealm().getName(),
                McpClientRegistrationProviderFactory.PROVIDER_ID,
                client.getClientId());
    }
}
