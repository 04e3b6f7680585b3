package dev.keycloakmcp.actor.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/** Base of the mappers that write a claim of RFC 8693. */
abstract class DelegationClaimMapper extends AbstractOIDCProtocolMapper {

    private final List<ProviderConfigProperty> properties;

    /**
     * @param own the properties of the mapper; Keycloak's switches for the kinds of tokens follow them
     * @param withoutSwitches names of those of Keycloak's switches that the mapper does not have
     */
    DelegationClaimMapper(UnaryOperator<ProviderConfigurationBuilder> own, String... withoutSwitches) {
        List<ProviderConfigProperty> all =
                new ArrayList<>(own.apply(ProviderConfigurationBuilder.create()).build());
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(all, getClass());
        all.removeIf(property -> List.of(withoutSwitches).contains(property.getName()));
        this.properties = List.copyOf(all);
    }

    @Override
    public final String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public final List<ProviderConfigProperty> getConfigProperties() {
        return properties;
    }

    /** Mappers run in ascending order: this one after those of others, whose claim of the same name it replaces. */
    @Override
    public final int getPriority() {
        return Integer.MAX_VALUE;
    }
}
