package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.DisplayName;
import dev.keycloakmcp.consent.Period;
import dev.keycloakmcp.consent.ScopeRisk;
import dev.keycloakmcp.registration.provider.Provenance;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.McpServer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.Details;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.rar.AuthorizationDetails;
import org.keycloak.services.Urls;

/**
 * What the template shows, as text: it decides nothing, and escapes everything. A missing key means that there is
 * nothing to say.
 */
final class ConsentPage {

    /** Finds the text behind a message key. */
    interface Localizer {
        String localize(String text, Object... parameters);
    }

    private static final int LONGEST_TEXT = 300;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final ClientModel client;
    private final ConsentRequest request;
    private final Localizer localizer;
    private final @Nullable AskedAgain again;

    ConsentPage(KeycloakSession session, ConsentRequest request, Localizer localizer) {
        this.session = session;
        this.realm = session.getContext().getRealm();
        this.client = request.login().getClient();
        this.request = request;
        this.localizer = localizer;
        this.again = AskedAgain.of(session).orElse(null);
    }

    Map<String, Object> attributes(List<AuthorizationDetails> asked) {
        Map<String, Object> page = new HashMap<>();
        page.put("client", client());
        if (request.login().getRedirectUri() != null) {
            page.put("target", target(request.answerTarget()));
        }
        request.server().ifPresent(server -> page.put("server", server(server)));
        List<Map<String, Object>> scopes = asked.stream()
                .filter(details -> details.getClientScope() != null)
                .filter(details -> !OAuth2Constants.OFFLINE_ACCESS.equals(
                        details.getClientScope().getName()))
                .filter(details -> request.mayReachTheToken(details.getClientScope()))
                .sorted(Comparator.<AuthorizationDetails, Boolean>comparing(details -> !isOfServer(details))
                        .thenComparing(details -> ConsentRequest.nameOf(details.getClientScope())))
                .map(this::scope)
                .toList();
        page.put("scopes", scopes);
        page.put("duration", duration(isOffline()));
        if (again != null) {
            page.put("again", again.elsewhere() ? "elsewhere" : "more");
        }
        account().ifPresent(uri -> page.put("accountUrl", uri));
        @Nullable UserModel user = request.login().getAuthenticatedUser();
        if (user != null) {
            page.put("username", user.getUsername());
        }
        return page;
    }

    private Map<String, Object> client() {
        Map<String, Object> shown = new HashMap<>();
        boolean document = Provenance.isMetadataDocument(client);
        boolean registered = Provenance.of(client).isPresent();
        boolean selfDeclared = document || registered;
        String name = client.getName() == null || client.getName().isBlank() ? client.getClientId() : client.getName();
        DisplayName display = DisplayName.of(selfDeclared ? name : localizer.localize(name));
        shown.put("name", display.text());
        shown.put("suspicious", selfDeclared && display.suspicious());
        shown.put("selfDeclared", selfDeclared);
        shown.put(
                "how",
                document
                        ? "document"
                        : Provenance.of(client)
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .orElse("admin"));
        if (document) {
            shown.put(
                    "documentHost",
                    AnswerTarget.of(client.getClientId(), RegisteredDomains::of).site());
        }
        since().ifPresent(since -> shown.put("since", since));
        return shown;
    }

    private Optional<String> since() {
        @Nullable String at = client.getAttribute(McpAttributes.REGISTERED_AT);
        if (at == null || !at.matches("[0-9]{1,12}")) {
            return Optional.empty();
        }
        Locale locale = session.getContext().resolveLocale(request.login().getAuthenticatedUser());
        return Optional.of(DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(locale)
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochSecond(Long.parseLong(at))));
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
        @Nullable String name = model == null ? null : model.getName();
        shown.put(
                "name",
                name == null || name.isBlank()
                        ? server.clientId()
                        : DisplayName.of(localizer.localize(name)).text());
        shown.put("uri", bounded(server.resourceUrl()));
        return shown;
    }

    private Map<String, Object> scope(AuthorizationDetails details) {
        ClientScopeModel scope = details.getClientScope();
        @Nullable String parameter = details.getParameterizedScopeParam();
        Map<String, Object> shown = new HashMap<>();
        String name = ConsentRequest.nameOf(scope);
        shown.put("name", name);
        @Nullable String text = scope.getConsentScreenText();
        shown.put("text", bounded(localizer.localize(text == null ? name : text, orEmpty(parameter))));
        if (parameter != null) {
            shown.put("parameter", DisplayName.of(parameter).text());
        }
        Optional<ScopeRisk> risk = ScopeRisk.of(scope.getAttribute(ScopeRisk.ATTRIBUTE));
        shown.put("risky", risk.isPresent());
        risk.flatMap(ScopeRisk::explanation)
                .ifPresent(explanation -> shown.put("risk", bounded(localizer.localize(explanation))));
        shown.put(
                "added",
                again != null && !again.elsewhere() && again.newScopes().contains(ConsentRequest.nameOf(details)));
        return shown;
    }

    /** What the MCP server understands comes first; the rest is about the person. */
    private boolean isOfServer(AuthorizationDetails details) {
        return request.server()
                .filter(server -> server.owns(ConsentRequest.nameOf(details.getClientScope())))
                .isPresent();
    }

    private boolean isOffline() {
        return request.login().getClientScopes().stream()
                .map(realm::getClientScopeById)
                .anyMatch(scope -> scope != null && OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName()));
    }

    /** How long the client gets new tokens without asking anybody. */
    private Map<String, Object> duration(boolean offline) {
        Map<String, Object> shown = new HashMap<>();
        if (offline) {
            shown.put("kind", "offline");
            put(
                    shown,
                    "idle",
                    seconds(OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_IDLE_TIMEOUT)
                            .orElse((long) realm.getOfflineSessionIdleTimeout()));
            if (realm.isOfflineSessionMaxLifespanEnabled()) {
                put(
                        shown,
                        "most",
                        seconds(OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_MAX_LIFESPAN)
                                .orElse((long) realm.getOfflineSessionMaxLifespan()));
            }
        } else if (OIDCAdvancedConfigWrapper.fromClientModel(client).isUseRefreshToken()) {
            shown.put("kind", "session");
            long session = sessionSeconds();
            put(
                    shown,
                    "most",
                    seconds(OIDCConfigAttributes.CLIENT_SESSION_MAX_LIFESPAN)
                            .filter(limit -> limit < session)
                            .orElse(session));
        } else {
            shown.put("kind", "token");
            put(
                    shown,
                    "most",
                    seconds(OIDCConfigAttributes.ACCESS_TOKEN_LIFESPAN).orElse((long) realm.getAccessTokenLifespan()));
        }
        return shown;
    }

    /** The longest that this login lasts; longer where the person wants to be remembered. */
    private long sessionSeconds() {
        int remembered = realm.isRememberMe() && isRemembered() ? realm.getSsoSessionMaxLifespanRememberMe() : 0;
        return remembered > 0 ? remembered : realm.getSsoSessionMaxLifespan();
    }

    private boolean isRemembered() {
        if (Boolean.parseBoolean(request.login().getAuthNote(Details.REMEMBER_ME))) {
            return true;
        }
        @Nullable UserSessionModel earlier = session.sessions()
                .getUserSession(realm, request.login().getParentSession().getId());
        return earlier != null && earlier.isRememberMe();
    }

    private Optional<Long> seconds(String attribute) {
        @Nullable String value = client.getAttribute(attribute);
        return value != null && value.matches("[1-9][0-9]{0,9}")
                ? Optional.of(Long.parseLong(value))
                : Optional.empty();
    }

    private static void put(Map<String, Object> shown, String key, long seconds) {
        Period period = Period.ofSeconds(seconds);
        shown.put(key, Map.of("amount", period.amount(), "unit", period.unit().name()));
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

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "\u2026";
    }
}
