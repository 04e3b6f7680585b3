package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.support.provider.UnconfiguredFactory;

/** The factory of a step. Steps run in descending order, as Keycloak's token post-processors do. */
public interface TokenStepFactory extends UnconfiguredFactory<TokenStep> {}
