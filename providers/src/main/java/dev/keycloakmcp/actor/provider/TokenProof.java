package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.support.provider.TokenHeader;
import java.util.Optional;
import org.keycloak.Token;
import org.keycloak.common.VerificationException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.dpop.DPoP;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.util.DPoPUtil;
import org.keycloak.services.util.MtlsHoKTokenUtil;

/** Proves tokens that are sent as parameters. */
final class TokenProof {

    private final KeycloakSession session;

    TokenProof(KeycloakSession session) {
        this.session = session;
    }

    /**
     * Verifies an access token of the realm as Keycloak does: signature, issuer, expiry, type, revocation, and that its
     * client, user and session live. The client, user session and token of the request stay what they are.
     */
    Optional<AuthenticationManager.AuthResult> verify(String encoded) {
        if (TokenHeader.lacksAlgorithm(encoded)) {
            return Optional.empty();
        }
        KeycloakContext context = session.getContext();
        ClientModel client = context.getClient();
        Token bearer = context.getBearerToken();
        UserSessionModel userSession = context.getUserSession();
        try {
            return Optional.ofNullable(AuthenticationManager.verifyIdentityToken(
                    session,
                    context.getRealm(),
                    context.getUri(),
                    context.getConnection(),
                    true,
                    true,
                    null,
                    false,
                    encoded,
                    context.getRequestHeaders(),
                    verifier -> {}));
        } finally {
            context.setClient(client);
            context.setBearerToken(bearer);
            context.setUserSession(userSession);
        }
    }

    /**
     * True when the request proves the key or certificate that a token is bound to (RFC 9449, RFC 8705), and for bearer
     * tokens. A binding of another kind cannot be proven.
     */
    boolean isPossessed(AccessToken token) {
        AccessToken.Confirmation confirmation = token.getConfirmation();
        if (confirmation == null) {
            return true;
        }
        boolean byCertificate = confirmation.getCertThumbprint() != null;
        boolean byKey = confirmation.getKeyThumbprint() != null;
        return (byCertificate || byKey)
                && (!byCertificate
                        || MtlsHoKTokenUtil.verifyTokenBindingWithClientCertificate(
                                token, session.getContext().getHttpRequest(), session))
                && (!byKey || isKeyProven(token));
    }

    /** True when the request brings the certificate that tokens of the client have to be bound to, if they have to. */
    boolean isCertificateThere(ClientModel client) {
        return !OIDCAdvancedConfigWrapper.fromClientModel(client).isUseMtlsHokToken()
                || MtlsHoKTokenUtil.bindTokenWithClientCertificate(
                                session.getContext().getHttpRequest(), session)
                        != null;
    }

    private boolean isKeyProven(AccessToken token) {
        DPoP proof = session.getAttribute(DPoPUtil.DPOP_SESSION_ATTRIBUTE, DPoP.class);
        if (proof == null) {
            return false;
        }
        try {
            DPoPUtil.validateBinding(token, proof);
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }
}
