package dev.keycloakmcp.actor.provider;

import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;

/** Standard token exchange of tokens that say who acts or may act. */
abstract class ActorAwareExchange extends StandardTokenExchangeProvider {

    /**
     * Takes the token. From Keycloak 26.8 on this overrides a method by which standard token exchange refuses every token with
     * {@code act} or {@code may_act}; whoever exchanges one here has looked at both.
     */
    protected void validateSubjectToken(AccessToken subjectToken) {}
}
