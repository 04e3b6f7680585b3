package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.registration.AdministratorAttributes;
import dev.keycloakmcp.resource.provider.ServerClientId;
import dev.keycloakmcp.token.provider.MappedClaim;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/**
 * The part of a client that administrators decide, and no client that registers itself: the attributes of servers and agents,
 * the claims that say whom a token is about and for whom it is, and ids that are the URI of a server.
 */
final class AdministratorsPart {

    /** Ids by which no administrator could address a client to stop it, in a path of the admin REST API. */
    private static final Pattern NAMELESS = Pattern.compile("\\.{1,2}|.*\\p{Cc}.*", Pattern.DOTALL);

    private final KeycloakSession session;

    AdministratorsPart(KeycloakSession session) {
        this.session = session;
    }

    /**
     * The refusal of a request that would take of it; what is sent back as it is takes nothing.
     *
     * @param current the client that is changed
     */
    Optional<Decision.Deny<?>> taken(ClientRepresentation wanted, @Nullable ClientModel current) {
        return attribute(wanted, current).or(() -> claim(wanted, current)).or(() -> id(wanted, current));
    }

    private static Optional<Decision.Deny<?>> attribute(ClientRepresentation wanted, @Nullable ClientModel current) {
        return AdministratorAttributes.changed(
                        wanted.getAttributes(), name -> current == null ? null : current.getAttribute(name))
                .map(name ->
                        deny(ReasonCode.ADMINISTRATORS_ATTRIBUTE, "Only administrators set the attribute " + name));
    }

    private Optional<Decision.Deny<?>> claim(ClientRepresentation wanted, @Nullable ClientModel current) {
        List<ProtocolMapperRepresentation> mappers = wanted.getProtocolMappers();
        return mappers == null
                ? Optional.empty()
                : mappers.stream()
                        .filter(Objects::nonNull)
                        .map(RepresentationToModel::toModel)
                        .filter(mapper -> current == null || !has(current, mapper))
                        .flatMap(mapper -> MappedClaim.administrators(mapper).stream())
                        .findFirst()
                        .map(claim ->
                                deny(ReasonCode.ADMINISTRATORS_CLAIM, "Only administrators map the claim " + claim));
    }

    private static boolean has(ClientModel client, ProtocolMapperModel wanted) {
        return Stream.ofNullable(client.getProtocolMapperByName(wanted.getProtocol(), wanted.getName()))
                .anyMatch(mapper -> Objects.equals(mapper.getProtocolMapper(), wanted.getProtocolMapper())
                        && Objects.equals(mapper.getConfig(), wanted.getConfig()));
    }

    private Optional<Decision.Deny<?>> id(ClientRepresentation wanted, @Nullable ClientModel current) {
        Optional<String> chosen = Optional.ofNullable(wanted.getClientId()).filter(id -> current == null);
        if (chosen.filter(NAMELESS.asMatchPredicate()).isPresent()) {
            return Optional.of(deny(
                    ReasonCode.METADATA_MALFORMED,
                    "The client id has control characters or is a path segment; leave it out, or choose another"));
        }
        if (chosen.filter(this::isOfAccount).isPresent()) {
            return Optional.of(deny(
                    ReasonCode.CLIENT_ID_AMBIGUOUS,
                    "Nobody could tell the client from somebody else; leave the client id out, or choose another"));
        }
        return chosen.filter(id -> ServerClientId.isDeclared(session, id))
                .map(id -> deny(
                        ReasonCode.CLIENT_ID_OF_SERVER,
                        "The client id is the URI of an MCP server; leave it out, or choose another"));
    }

    private boolean isOfAccount(String id) {
        return new RealmActors(session).isOfAccount(id);
    }

    private static Decision.Deny<?> deny(ReasonCode reason, String detail) {
        return new Decision.Deny<>(reason, detail);
    }
}
