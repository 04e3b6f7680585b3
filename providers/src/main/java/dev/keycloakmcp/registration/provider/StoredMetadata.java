package dev.keycloakmcp.registration.provider;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.Registration;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.util.JsonSerialization;

/**
 * Members of a registration that Keycloak's client has no place for, kept in one attribute so that answers of RFC 7592
 * can echo them. {@code client_uri} is one: where Keycloak keeps it, as the client's base URL, it becomes the link "Back to
 * application" of error pages, and the target of {@code /realms/{realm}/clients/{client}/redirect}.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record StoredMetadata(
        @JsonProperty("redirect_uris") @Nullable List<String> redirectUris,
        @JsonProperty("scope") @Nullable List<String> scopes,
        @JsonProperty("client_uri") @Nullable String clientUri,
        @JsonProperty("application_type") @Nullable String applicationType,
        @JsonProperty("software_id") @Nullable String softwareId,
        @JsonProperty("software_version") @Nullable String softwareVersion,
        @JsonProperty("contacts") @Nullable List<String> contacts) {

    static final String ATTRIBUTE = "mcp.client-metadata";

    private static final StoredMetadata NONE = new StoredMetadata(null, null, null, null, null, null, null);

    static StoredMetadata of(Registration registration) {
        return new StoredMetadata(
                registration.redirectUris().stream()
                        .map(RedirectUri::registered)
                        .toList(),
                registration.requestedScopes(),
                registration.description().clientUri().orElse(null),
                registration.description().applicationType().orElse(null),
                registration.description().softwareId().orElse(null),
                registration.description().softwareVersion().orElse(null),
                registration.description().contacts());
    }

    /** The members in a client's attribute; none where it was edited into something unreadable. */
    static StoredMetadata of(ClientModel client) {
        return of(client.getAttribute(ATTRIBUTE));
    }

    /** The members in the text of an attribute. */
    static StoredMetadata of(@Nullable String value) {
        if (value == null) {
            return NONE;
        }
        try {
            return JsonSerialization.readValue(value, StoredMetadata.class);
        } catch (IOException e) {
            return NONE;
        }
    }

    String toJson() {
        try {
            return JsonSerialization.mapper.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> redirects() {
        return Optional.ofNullable(redirectUris).orElse(List.of());
    }

    List<String> requestedScopes() {
        return Optional.ofNullable(scopes).orElse(List.of());
    }
}
