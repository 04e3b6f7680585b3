package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.ScopeRisk;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.support.DisplayName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.rar.AuthorizationDetails;
import org.keycloak.services.Urls;

/**
 * The data of the consent page, as text: the template decides nothing, and escapes everything. A missing key means that
 * there is nothing to say.
 */
final class ConsentPage {

    /** Finds the text behind a message key. */
    interface Localizer {
        String localize(String text, Object... parameters);
    }

    private static final int LONGEST_TEXT = 300;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final ConsentRequest request;
    private final Localizer localizer;
    private final @Nullable AskedAgain again;

    ConsentPage(KeycloakSession session, ConsentRequest request, Localizer localizer) {
        this.session = session;
        this.realm = session.getContext().getRealm();
        this.request = request;
        this.localizer = localizer;
        this.again = AskedAgain.of(session).orElse(null);
    }

    Map<String, Object> attributes(List<AuthorizationDetails> asked) {
        Map<String, Object> page = new HashMap<>();
        page.put("client", ClientIntroduction.of(session, request.login(), localizer));
        if (request.login().getRedirectUri() != null) {
            page.put("target", target(request.answerTarget()));
        }
        request.server().ifPresent(server -> page.put("server", server(server)));
        List<Map<String, Object>> scopes = asked.stream()
                .filter(details -> details.getClientScope() != null)
                .filter(details -> !OAuth2Constants.OFFLINE_ACCESS.equals(ScopeNames.of(details.getClientScope())))
                .filter(details -> isShown(details.getClientScope()))
                .sorted(Comparator.<AuthorizationDetails, Boolean>comparing(details -> !isOfServer(details))
                        .thenComparing(details -> ScopeNames.of(details.getClientScope())))
                .map(this::scope)
                .toList();
        page.put("scopes", scopes);
        page.put("duration", new AccessDuration(session, request.login()).attributes());
        if (again != null) {
            page.put("again", again.why().value());
        }
        account().ifPresent(uri -> page.put("accountUrl", uri));
        @Nullable UserModel user = request.login().getAuthenticatedUser();
        if (user != null) {
            page.put("username", user.getUsername());
        }
        return page;
    }

    private static Map<String, Object> target(AnswerTarget target) {
        Map<String, Object> shown = new HashMap<>();
        shown.put("kind", target.kind().name());
        shown.put("before", target.before());
        shown.put("site", target.site());
        target.international().ifPresent(name -> shown.put("international", name));
        return shown;
    }

    private Map<String, Object> server(McpServer server) {
        Map<String, Object> shown = new HashMap<>();
        @Nullable ClientModel model = realm.getClientById(server.id());
        shown.put(
                "name",
                model == null
                        ? server.clientId()
                        : ClientIntroduction.name(model, localizer).text());
        shown.put("uri", bounded(server.resourceUrl()));
        return shown;
    }

    private Map<String, Object> scope(AuthorizationDetails details) {
        ClientScopeModel scope = details.getClientScope();
        String parameter = String.join(", ", ScopeNames.parameters(request.login(), details));
        Map<String, Object> shown = new HashMap<>();
        String name = ScopeNames.of(scope);
        shown.put("name", name);
        @Nullable String text = scope.getConsentScreenText();
        shown.put("text", bounded(localizer.localize(text == null ? name : text, parameter)));
        if (!parameter.isEmpty()) {
            shown.put("parameter", DisplayName.of(parameter).text());
        }
        Optional<ScopeRisk> risk = ScopeRisk.of(scope.getAttribute(ScopeRisk.ATTRIBUTE));
        shown.put("forClient", request.isForTheClient(scope));
        shown.put("risky", risk.isPresent());
        risk.flatMap(ScopeRisk::explanation)
                .ifPresent(explanation -> shown.put("risk", bounded(localizer.localize(explanation))));
        shown.put("added", again != null && again.isNew(ScopeNames.of(request.login(), details)));
        return shown;
    }

    /** A client stands among its scopes, with a text of its own; where it registered itself, nobody read that. */
    private boolean isShown(ClientScopeModel scope) {
        return request.mayReachAToken(scope)
                && !(scope instanceof ClientModel client && ClientOrigin.isSelfDeclared(client));
    }

    /** Scopes of the MCP server come first; the rest is about the person. */
    private boolean isOfServer(AuthorizationDetails details) {
        return request.server()
                .filter(server -> server.owns(ScopeNames.of(details.getClientScope())))
                .isPresent();
    }

    /** The page of the account console where applications are taken back. */
    private Optional<String> account() {
        @Nullable ClientModel account = realm.getClientByClientId(Constants.ACCOUNT_CONSOLE_CLIENT_ID);
        return account == null || !account.isEnabled()
                ? Optional.empty()
                : Optional.of(Urls.accountBase(session.getContext().getUri().getBaseUri())
                        .path("applications")
                        .build(realm.getName())
                        .toString());
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "\u2026";
    }
}
