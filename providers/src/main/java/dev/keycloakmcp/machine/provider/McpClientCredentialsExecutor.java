package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.machine.ClientCredential;
import dev.keycloakmcp.machine.MachineRequest;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.McpExecutor;
import dev.keycloakmcp.policy.provider.Rehearsal;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Optional;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;

/**
 * Decides on client credentials requests; supersedes the general binding to a target. How agents authenticate counts at
 * token exchange and refresh as well.
 */
final class McpClientCredentialsExecutor extends McpExecutor<McpClientCredentialsConfiguration> {

    McpClientCredentialsExecutor(KeycloakSession session) {
        super(session, new McpClientCredentialsConfiguration());
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) {
        ClientModel client = session.getContext().getClient();
        if (context instanceof ServiceAccountTokenRequestContext) {
            facts(context).ifPresent(facts -> machineToken(client, facts));
        } else if (context instanceof TokenExchangeRequestContext || context instanceof TokenRefreshContext) {
            // People's sessions of interactive clients are none of this policy's business.
            boolean machine = context instanceof TokenExchangeRequestContext || client.isServiceAccountsEnabled();
            if (machine && !client.isPublicClient()) {
                add(Rank.GUARD, deciding(() -> credential(client).map(used -> Optional.empty())));
            }
        }
    }

    private void machineToken(ClientModel client, RequestFacts facts) {
        add(Rank.SPECIFIC, deciding(() -> credential(client)
                .then(used ->
                        configuration().rule().decide(machineRequest(client, facts), McpServerRegistry.of(session)))));
        TokenConstraints constraints = TokenConstraints.of(session);
        if (!isEnforced()) {
            constraints.reportRefreshToken();
        } else {
            constraints.withholdRefreshToken();
            constraints.addFinisher(MachineToken::finish);
        }
    }

    private Decision<ClientCredential> credential(ClientModel client) {
        UsedCredential used = new UsedCredential(session);
        AssertionUse use = new AssertionUse(session, client, used);
        return configuration()
                .credentialRule()
                .decide(
                        used.read(client),
                        used.authorizationServer(),
                        Time.currentTime(),
                        assertion -> !isEnforced() || Rehearsal.isOn(session) || use.isFirst(assertion));
    }

    private static MachineRequest machineRequest(ClientModel client, RequestFacts facts) {
        return new MachineRequest(
                facts.target(),
                facts.requestedScopes(),
                client.getClientScopes(true).keySet(),
                ClientOrigin.isSelfDeclared(client));
    }
}
