package dev.keycloakmcp.token.provider;

import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.provider.Provider;

/** A step of the last token post-processor, which runs all of them. */
@FunctionalInterface
public interface TokenStep extends Provider {

    /** Sees, or changes, the tokens that somebody is about to get. */
    void process(TokenPostProcessorContext tokens);

    @Override
    default void close() {}
}
