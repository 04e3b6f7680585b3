package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.forms.login.LoginFormsProviderFactory;
import org.keycloak.forms.login.freemarker.FreeMarkerLoginFormsProviderFactory;
import org.keycloak.models.KeycloakSession;

/** Keycloak's login pages, with the data that the theme {@code mcp} needs. Other themes do not notice. */
@AutoService(LoginFormsProviderFactory.class)
public final class McpLoginFormsProviderFactory extends FreeMarkerLoginFormsProviderFactory {

    @Override
    public LoginFormsProvider create(KeycloakSession session) {
        return new McpLoginFormsProvider(session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}
