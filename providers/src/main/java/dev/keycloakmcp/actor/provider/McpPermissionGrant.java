package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActorChain;
import dev.keycloakmcp.actor.MayAct;
import dev.keycloakmcp.resource.provider.DelegationClaims;
import dev.keycloakmcp.resource.provider.McpRealm;
import dev.keycloakmcp.resource.provider.McpRequest;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.PermissionGrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.util.TokenUtil;

/** A requesting party token (UMA 2.0) is of the same user and the same actors as the token that asks for it. */
final class McpPermissionGrant extends PermissionGrantType {

    @Override
    public Response process(Context grant) {
        KeycloakSession current = grant.getSession();
        McpRequest.of(current).observe(grant.getEvent());
        if (McpRealm.isOptedIn(grant.getRealm())) {
            asking(grant)
                    .map(encoded -> current.tokens().decode(encoded, AccessToken.class))
                    .filter(Objects::nonNull)
                    .forEach(token -> keep(current, token));
        }
        return super.process(grant);
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
        // An ID token need not say that its client acts for the user.
        Actors.in(token)
                .or(() -> TokenUtil.TOKEN_TYPE_ID.equals(token.getType())
                        ? Actors.signInClient(session, token).map(ActorChain::of)
                        : Optional.empty())
                .ifPresent(state::actsBy);
        MayAct.read(token.getOtherClaims().get(DelegationClaims.MAY_ACT))
                .map(MayAct::toClaim)
                .ifPresent(state::mayAct);
    }
}
