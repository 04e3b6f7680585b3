package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.MayAct;
import dev.keycloakmcp.actor.SignInActors;
import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.PermissionGrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.util.TokenUtil;

/**
 * A requesting party token (UMA 2.0) is of the same user and the same actors as the token that asks for it. As it holds the
 * roles of the user at the client that it is for, none is made of a token that is bound to an MCP server; the server may
 * ask what the user may do there.
 */
final class McpPermissionGrant extends PermissionGrantType {

    /** Values of {@code response_mode}. */
    private static final List<String> WITHOUT_TOKEN = List.of("decision", "permissions");

    @Override
    public Response process(Context grant) {
        KeycloakSession current = grant.getSession();
        RequestEvent.of(current).use(grant.getEvent());
        if (!McpRealm.isOptedIn(grant.getSession())) {
            return super.process(grant);
        }
        List<AccessToken> asking = asking(grant)
                .map(encoded -> current.tokens().decode(encoded, AccessToken.class))
                .filter(Objects::nonNull)
                .toList();
        if (asking.stream().anyMatch(token -> McpSuspension.isBehind(current, token, null))) {
            throw suspended(grant);
        }
        requireOwnServer(grant, asking);
        asking.forEach(token -> keep(current, token));
        Response response = super.process(grant);
        // Only now it is known who asks, and as what; what was done is rolled back.
        if (McpRequest.of(current).narrowing().isPresent() && !isWithoutToken(grant)) {
            throw bound(grant);
        }
        if (McpSuspension.isSuspended(current, current.getContext().getClient())) {
            throw suspended(grant);
        }
        return response;
    }

    private static void requireOwnServer(Context grant, List<AccessToken> asking) {
        KeycloakSession current = grant.getSession();
        List<AccessToken> bound = asking.stream()
                .filter(token -> BoundToken.isBound(current, token))
                .toList();
        if (bound.isEmpty()) {
            return;
        }
        String audience = grant.getFormParams().getFirst("audience");
        boolean own = bound.stream()
                .map(token -> BoundToken.server(current, token).map(McpServer::clientId))
                .allMatch(clientId -> clientId.filter(id -> id.equals(audience)).isPresent());
        if (!own || grant.getFormParams().containsKey("ticket") || !isWithoutToken(grant)) {
            throw bound(grant);
        }
        BoundToken.accept(current);
    }

    private static boolean isWithoutToken(Context grant) {
        String mode = grant.getFormParams().getFirst("response_mode");
        return mode != null && WITHOUT_TOKEN.contains(mode);
    }

    private static WebApplicationException suspended(Context grant) {
        return refusal(grant, ReasonCode.CLIENT_SUSPENDED, McpSuspension.TOKEN_DETAIL);
    }

    private static WebApplicationException bound(Context grant) {
        return refusal(
                grant,
                ReasonCode.TOKEN_BOUND,
                "The token is for one MCP server, and no other token can be made of it here.");
    }

    private static WebApplicationException refusal(Context grant, ReasonCode reason, String detail) {
        return McpRefusal.of(grant.getSession(), grant.getEvent(), grant.getCors(), reason, detail);
    }

    private static Stream<String> asking(Context grant) {
        AppAuthManager.AuthHeader header =
                AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(grant.getHeaders());
        return Stream.of(
                        Optional.ofNullable(header).map(AppAuthManager.AuthHeader::getToken),
                        Optional.ofNullable(grant.getFormParams().getFirst("claim_token")),
                        Optional.ofNullable(grant.getFormParams().getFirst("subject_token")))
                .flatMap(Optional::stream);
    }

    private static void keep(KeycloakSession session, AccessToken token) {
        DelegationState state = DelegationState.of(session);
        boolean idToken = TokenUtil.TOKEN_TYPE_ID.equals(token.getType());
        TokenActors tokens = new TokenActors(session);
        Optional<ActorChain> said = TokenActors.in(token);
        // An ID token need not say that its client acts for the user, nor does a lightweight token.
        said.or(() -> idToken || tokens.isLeftToIntrospection(token)
                        ? new SignInActors(tokens.signInClient(token), tokens.impersonator(token)).chain()
                        : Optional.empty())
                .ifPresent(state::actsBy);
        MayAct.read(token.getOtherClaims().get(DelegationClaims.MAY_ACT))
                .map(MayAct::toClaim)
                .ifPresent(state::mayAct);
        if (said.isPresent() && token.getExp() != null && (idToken || tokens.origin(token) == TokenOrigin.EXCHANGE)) {
            state.exchanged();
            TokenConstraints.of(session).expireBy(token.getExp());
        }
    }
}
