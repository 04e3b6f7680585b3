package dev.keycloakmcp.actor.provider;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.keycloakmcp.actor.Assertion;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.ScopeParameter;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.JsonSerialization;

/** The assertion in a request for the JWT authorization grant. */
final class RedeemedAssertion {

    private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};

    private RedeemedAssertion() {}

    /** The scopes that bound a token made of the assertion, if it says some; denied where the client may not redeem it. */
    static Decision<Optional<Set<String>>> decide(OAuth2GrantType.Context grant, String encoded) {
        ClientModel client = grant.getClient();
        try {
            JWSInput jws = new JWSInput(encoded);
            AccessToken token = jws.readJsonContent(AccessToken.class);
            // JSON may be null.
            if (token == null || jws.getHeader() == null) {
                return unreadable();
            }
            if (!new TokenProof(grant.getSession()).isPossessed(token)) {
                return Decision.deny(
                        ReasonCode.GRANT_ASSERTION_UNPROVEN,
                        "The assertion is sender-constrained; send the proof of the key or certificate it is bound to.");
            }
            Map<String, Object> claims = JsonSerialization.mapper.readValue(jws.getContent(), CLAIMS);
            claims.values().removeIf(Objects::isNull);
            return new Assertion(Optional.ofNullable(jws.getHeader().getType()), claims)
                    .redeem(client.getClientId(), id -> client.getRealm().getClientByClientId(id) != null)
                    .then(scopes -> granting(grant, scopes));
        } catch (JWSInputException | IOException e) {
            return unreadable();
        }
    }

    private static Decision<Optional<Set<String>>> unreadable() {
        return Decision.deny(ReasonCode.GRANT_ASSERTION_TYPE, "The assertion cannot be read as a signed JWT.");
    }

    private static Decision<Optional<Set<String>>> granting(
            OAuth2GrantType.Context grant, Optional<Set<String>> scopes) {
        Optional<Set<String>> requested =
                ScopeParameter.names(grant.getFormParams().getFirst(OAuth2Constants.SCOPE));
        boolean nothing = scopes.isPresent()
                && requested
                        .filter(names -> names.stream().noneMatch(scopes.get()::contains))
                        .isPresent();
        return nothing
                ? Decision.deny(ReasonCode.GRANT_ASSERTION_SCOPE, "The assertion holds none of the requested scopes.")
                : Decision.allow(scopes);
    }

    /** A token by which somebody acts: nobody would act any more in what comes of it. */
    static Decision.Deny<Object> laundered() {
        return new Decision.Deny<>(
                ReasonCode.DELEGATION_LAUNDERED,
                "A token by which somebody acts, or may act, is not accepted as an assertion.");
    }
}
