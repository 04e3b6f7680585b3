package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.registration.provider.Provenance;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.support.DisplayName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The client on the consent page: its name, how the realm came to know it, and since when. */
final class ClientIntroduction {

    private ClientIntroduction() {}

    static Map<String, Object> of(
            KeycloakSession session, AuthenticationSessionModel login, ConsentPage.Localizer localizer) {
        ClientModel client = login.getClient();
        Map<String, Object> shown = new HashMap<>();
        boolean document = ClientOrigin.isMetadataDocument(client);
        boolean selfDeclared = ClientOrigin.isSelfDeclared(client);
        DisplayName display = name(client, localizer);
        shown.put("name", display.text());
        shown.put("suspicious", selfDeclared && display.suspicious());
        shown.put("selfDeclared", selfDeclared);
        shown.put("how", document ? "document" : how(client, selfDeclared));
        if (document) {
            shown.put(
                    "documentHost",
                    AnswerTarget.of(client.getClientId(), RegisteredDomains::of).site());
        }
        since(session, login).ifPresent(since -> shown.put("since", since));
        return shown;
    }

    /** Its name, or its id where it has none. Messages of the realm are looked up for administrators alone. */
    static DisplayName name(ClientModel client, ConsentPage.Localizer localizer) {
        String name = client.getName() == null || client.getName().isBlank() ? client.getClientId() : client.getName();
        return DisplayName.of(ClientOrigin.isSelfDeclared(client) ? name : localizer.localize(name));
    }

    private static String how(ClientModel client, boolean selfDeclared) {
        return Provenance.of(client)
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .orElse(selfDeclared ? "elsewhere" : "admin");
    }

    private static Optional<String> since(KeycloakSession session, AuthenticationSessionModel login) {
        @Nullable String at = login.getClient().getAttribute(McpAttributes.REGISTERED_AT);
        if (at == null || !at.matches("[0-9]{1,12}")) {
            return Optional.empty();
        }
        Locale locale = session.getContext().resolveLocale(login.getAuthenticatedUser());
        return Optional.of(DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(locale)
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochSecond(Long.parseLong(at))));
    }
}
