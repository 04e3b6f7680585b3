package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.resource.provider.ServerClientId;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;

/** Narrows tokens to their target after every other step, so that nothing widens a token afterwards. */
@AutoService(TokenStepFactory.class)
public final class TargetStepFactory implements TokenStepFactory {

    static final String PROVIDER_ID = "target";

    private static final int LAST = Integer.MIN_VALUE;

    @Override
    public TokenStep create(KeycloakSession session) {
        return tokens -> {
            refuseIdOfServer(session, tokens.clientSessionCtx());
            McpRequest.of(session).narrowing().ifPresentOrElse(narrowing -> TokenClaims.bind(narrowing, tokens), () -> {
                TokenClaims.unbind(session, tokens);
                TokenClaims.report(session, tokens);
            });
            TokenConstraints.of(session).finishers().forEach(finisher -> finisher.finish(tokens));
        };
    }

    /** Its ID tokens have the server's audience. */
    private static void refuseIdOfServer(KeycloakSession session, ClientSessionContext context) {
        if (McpRealm.isOptedIn(session)
                && ServerClientId.isAnothers(session, context.getClientSession().getClient())) {
            ReasonCode reason = ReasonCode.CLIENT_ID_OF_SERVER;
            RequestEvent.of(session).refuse(reason, ServerClientId.DETAIL);
            throw new TokenInterceptorException(reason.error(), ServerClientId.DETAIL);
        }
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public int order() {
        return LAST;
    }
}
