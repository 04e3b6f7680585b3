package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.machine.ClientAssertion;
import dev.keycloakmcp.machine.ClientCredential;
import dev.keycloakmcp.policy.provider.Rehearsal;
import dev.keycloakmcp.policy.provider.RequestEvent;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.ClientAuthenticator;
import org.keycloak.authentication.ClientAuthenticatorFactory;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSecretConstants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.Urls;

/** Reads how the client of the current token request authenticated, which Keycloak checked before. */
final class UsedCredential {

    private static final String BASIC = "Basic";

    private final KeycloakSession session;
    private final MultivaluedMap<String, String> form;

    UsedCredential(KeycloakSession session) {
        this.session = session;
        this.form = session.getContext().getHttpRequest().getDecodedFormParameters();
    }

    ClientCredential read(ClientModel client) {
        return new ClientCredential(method(client), mechanisms(), assertion(), secretCreatedAt(client));
    }

    /** The audiences an assertion may have: the issuer, or the token endpoint (RFC 7523 section 3). */
    Set<String> authorizationServer() {
        String realm = session.getContext().getRealm().getName();
        return Set.of(
                Urls.realmIssuer(session.getContext().getUri().getBaseUri(), realm),
                OIDCLoginProtocolService.tokenUrl(session.getContext().getUri().getBaseUriBuilder())
                        .build(realm)
                        .toString());
    }

    /** The {@code jti} of the assertion, which Keycloak requires. */
    Optional<String> assertionId() {
        return token().map(JsonWebToken::getId);
    }

    private String method(ClientModel client) {
        String authenticator = RequestEvent.of(session)
                .detail(Details.CLIENT_AUTH_METHOD)
                .or(() -> Optional.ofNullable(client.getClientAuthenticatorType()))
                .orElseGet(KeycloakModelUtils::getDefaultClientAuthenticatorType);
        Set<String> methods = Optional.ofNullable((ClientAuthenticatorFactory) session.getKeycloakSessionFactory()
                        .getProviderFactory(ClientAuthenticator.class, authenticator))
                .map(factory -> factory.getProtocolAuthenticatorMethods(OIDCLoginProtocol.LOGIN_PROTOCOL))
                .orElse(Set.of());
        if (methods.contains(OIDCLoginProtocol.CLIENT_SECRET_POST)) {
            return isSent(OAuth2Constants.CLIENT_SECRET)
                    ? OIDCLoginProtocol.CLIENT_SECRET_POST
                    : OIDCLoginProtocol.CLIENT_SECRET_BASIC;
        }
        return methods.size() == 1 ? methods.iterator().next() : authenticator;
    }

    private int mechanisms() {
        return (int) Stream.of(
                        isBasicHeaderSent(),
                        isSent(OAuth2Constants.CLIENT_SECRET),
                        isSent(OAuth2Constants.CLIENT_ASSERTION))
                .filter(Boolean::booleanValue)
                .count();
    }

    /** As Keycloak reads it, which passes over the character behind the scheme, whatever it is. */
    private boolean isBasicHeaderSent() {
        return Optional.ofNullable(session.getContext().getRequestHeaders().getHeaderString(HttpHeaders.AUTHORIZATION))
                .filter(it -> it.length() > BASIC.length() && it.regionMatches(true, 0, BASIC, 0, BASIC.length()))
                .isPresent();
    }

    private boolean isSent(String parameter) {
        return Optional.ofNullable(form.getFirst(parameter))
                .filter(value -> !value.isBlank())
                .isPresent();
    }

    private ClientAssertion assertion() {
        if (Rehearsal.isOn(session)) {
            return ClientAssertion.assumed(authorizationServer(), Time.currentTime());
        }
        Optional<JWSInput> jws = jws();
        return token().map(token -> new ClientAssertion(
                        jws.map(JWSInput::getHeader)
                                .map(header -> header.getRawAlgorithm())
                                .orElse(""),
                        token.getAudience() == null ? List.of() : List.of(token.getAudience()),
                        optional(token.getIat()),
                        optional(token.getExp()).orElse(Long.MAX_VALUE)))
                .orElse(ClientAssertion.UNREADABLE);
    }

    private Optional<JsonWebToken> token() {
        return jws().flatMap(jws -> {
            try {
                return Optional.ofNullable(jws.readJsonContent(JsonWebToken.class));
            } catch (JWSInputException e) {
                return Optional.empty();
            }
        });
    }

    private Optional<JWSInput> jws() {
        return Optional.ofNullable(form.getFirst(OAuth2Constants.CLIENT_ASSERTION))
                .flatMap(encoded -> {
                    try {
                        return Optional.of(new JWSInput(encoded));
                    } catch (JWSInputException e) {
                        return Optional.empty();
                    }
                });
    }

    private static OptionalLong secretCreatedAt(ClientModel client) {
        String seconds = client.getAttribute(ClientSecretConstants.CLIENT_SECRET_CREATION_TIME);
        try {
            return seconds == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seconds.trim()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
