package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.McpRealm;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.forms.login.LoginFormsPages;
import org.keycloak.forms.login.freemarker.FreeMarkerLoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;
import org.keycloak.theme.Theme;

/** Puts {@code mcp} on the consent page, and {@code mcpProblem} on error pages that the theme can explain. */
final class McpLoginFormsProvider extends FreeMarkerLoginFormsProvider {

    private static final Pattern MESSAGE_KEY = Pattern.compile("\\$\\{([\\w.-]+)}");

    McpLoginFormsProvider(KeycloakSession session) {
        super(session);
    }

    @Override
    public Response createOAuthGrant() {
        ConsentRequest request = ConsentRequest.of(session, authenticationSession);
        if (request.hasLostItsServer()) {
            // Removed or disabled while the person was signing in: no token could be issued.
            setError(OAuthErrorException.INVALID_TARGET);
            return createErrorPage(Response.Status.BAD_REQUEST);
        }
        ConsentForm.show(session, request);
        ConsentPage page = new ConsentPage(session, request, this::localized);
        attributes.put("mcp", page.attributes(clientScopesRequested == null ? List.of() : clientScopesRequested));
        return super.createOAuthGrant();
    }

    @Override
    public Response createErrorPage(Response.Status status) {
        if (messages != null && !messages.isEmpty()) {
            attributes.put("mcpProblem", problem(messages.get(0)));
        }
        return super.createErrorPage(status);
    }

    @Override
    protected void createCommonAttributes(
            Theme theme, Locale locale, Properties texts, UriBuilder baseUri, LoginFormsPages page) {
        super.createCommonAttributes(theme, locale, texts, baseUri, page);
        if (client != null && ClientOrigin.isSelfDeclared(client) && McpRealm.isOptedIn(session)) {
            // No stranger puts a link on a page of the realm's, which an error or a logout is enough to show.
            attributes.put("client", new LinklessClientBean(session, client));
        }
    }

    /** A name for what went wrong that the theme's messages know. */
    private static String problem(FormMessage message) {
        String key = message.getMessage() == null ? "" : message.getMessage();
        return switch (key) {
            case Messages.CLIENT_NOT_FOUND -> "unknown-client";
            case Messages.CLIENT_DISABLED -> "disabled-client";
            case Messages.INVALID_PARAMETER ->
                isAbout(message, OAuth2Constants.REDIRECT_URI) ? "redirect-uri" : "other";
            case OAuthErrorException.INVALID_TARGET -> "invalid-target";
            default -> "other";
        };
    }

    private static boolean isAbout(FormMessage message, String parameter) {
        return message.getParameters() != null
                && Arrays.asList(message.getParameters()).contains(parameter);
    }

    /** The text that a message key of an administrator stands for; any other text as it is. */
    private String localized(String text, Object... parameters) {
        Matcher key = MESSAGE_KEY.matcher(text);
        return key.matches() ? getMessage(key.group(1), parameters) : text;
    }
}
