package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.Setup.step;
import static dev.keycloakmcp.admin.SetupPart.CLIENT;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_SCOPE;

import dev.keycloakmcp.admin.SetupStep.Change;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.support.StoredText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The plan of making a client an MCP server with its client scopes, and of taking it out again. */
public final class ServerPlan {

    /** A scope as requests can name it (RFC 6749 3.3). */
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,255}");

    /** Scopes of every server. */
    private static final Set<String> OF_ALL = Set.of("openid", "offline_access");

    private static final int LONGEST_CLIENT_ID = 255;
    private static final int LONGEST_TEXT = 255;

    private ServerPlan() {}

    /** The reason not to; empty where it can be done. */
    public static Optional<Refusal> refusal(ServerRequest request, MeshState realm) {
        Optional<ResourceIndicator> indicator = ResourceIndicator.parse(request.resource());
        if (indicator.isEmpty()) {
            return Optional.of(Refusal.malformed(
                    ServerInventory.URI_MALFORMED,
                    "The resource has to be an absolute http or https URI without a fragment"));
        }
        return malformed(request.clientId(), LONGEST_CLIENT_ID, request.scopes())
                .or(() -> texts(request))
                .or(() -> NewClientId.taken(request.clientId(), realm))
                .or(() -> conflict(request, realm, indicator.get()))
                .or(() -> scopes(request.scopes(), realm));
    }

    /** The reason why a client id, of at most that many characters, or names of scopes cannot be meant. */
    static Optional<Refusal> malformed(String clientId, int longest, List<String> scopes) {
        if (clientId.isBlank() || !fits(clientId, longest)) {
            return Optional.of(Refusal.malformed(
                    "client-id-malformed",
                    "The client id has 1 to " + longest + " characters, none of which is a control character"));
        }
        if (scopes.isEmpty()) {
            return Optional.of(Refusal.malformed(ServerInventory.NO_SCOPES, "Name at least one scope"));
        }
        if (new HashSet<>(scopes).size() < scopes.size()) {
            return Optional.of(Refusal.malformed("scope-repeated", "Each scope may be named once"));
        }
        return scopes.stream()
                .filter(scope -> !SCOPE.matcher(scope).matches() || OF_ALL.contains(scope))
                .findFirst()
                .map(scope -> Refusal.malformed(
                        "scope-malformed",
                        "A scope is of visible ASCII characters without quotes and backslashes, and neither openid nor"
                                + " offline_access"));
    }

    private static boolean fits(String text, int length) {
        return StoredText.fit(text, length).equals(text);
    }

    private static Optional<Refusal> texts(ServerRequest request) {
        if (!request.scopes().containsAll(request.texts().keySet())) {
            return Optional.of(Refusal.malformed("text-without-scope", "A text is for a scope that is not named"));
        }
        return request.texts().values().stream()
                .filter(text -> !fits(text, LONGEST_TEXT))
                .findFirst()
                .map(text -> Refusal.malformed(
                        "text-malformed",
                        "A text has at most " + LONGEST_TEXT + " characters, none of which is a control character"));
    }

    private static Optional<Refusal> conflict(ServerRequest request, MeshState realm, ResourceIndicator indicator) {
        Optional<String> other = realm.servers().stream()
                .filter(server -> !server.clientId().equals(request.clientId()))
                .filter(server -> server.indicator().filter(indicator::equals).isPresent())
                .map(ServerFacts::clientId)
                .findFirst();
        if (other.isPresent()) {
            return Optional.of(Refusal.conflict(
                    ServerInventory.URI_CONFLICT,
                    "The client " + SetupPart.line(other.get()) + " has this resource already"));
        }
        return realm.client().flatMap(ServerPlan::unfit);
    }

    /** The reason why administrators' settings do not belong on a client. */
    static Optional<Refusal> unfit(ClientState client) {
        if (!client.openId()) {
            return Optional.of(Refusal.conflict(
                    "client-other-protocol", "The client does not use OpenID Connect; take another id"));
        }
        return client.selfDeclared()
                ? Optional.of(
                        Refusal.conflict(
                                "client-registered",
                                "The client registered itself, and whoever holds its registration access token can change it; take another id"))
                : Optional.empty();
    }

    private static Optional<Refusal> scopes(List<String> scopes, MeshState realm) {
        return scopes.stream()
                .filter(scope -> Optional.ofNullable(realm.scopes().get(scope))
                        .filter(state -> !state.openId() || !state.inToken())
                        .isPresent())
                .findFirst()
                .map(scope -> Refusal.conflict(
                        ServerInventory.SCOPE_NOT_IN_TOKEN,
                        "The client scope " + scope
                                + " of the realm is not one that tokens name: take another, or switch"
                                + " on 'Include in token scope' for it"));
    }

    /** The steps that make the client an MCP server. */
    public static List<SetupStep> add(ServerRequest request, MeshState realm) {
        List<SetupStep> steps = new ArrayList<>();
        for (String scope : request.scopes()) {
            Optional<ScopeState> known = Optional.ofNullable(realm.scopes().get(scope));
            Optional<String> text = Optional.ofNullable(request.texts().get(scope));
            if (known.isEmpty()) {
                steps.add(step(
                        Change.ADDED,
                        CLIENT_SCOPE,
                        scope,
                        text.map(words -> ": " + words).orElse("")));
            } else if (text.isPresent() && !text.get().equals(known.get().text())) {
                steps.add(step(Change.CHANGED, CLIENT_SCOPE, scope, ": " + text.get()));
            } else {
                steps.add(step(Change.PRESENT, CLIENT_SCOPE, scope, ""));
            }
        }
        String what = ": MCP server " + request.resource() + " with " + String.join(" ", request.scopes());
        steps.add(realm.client()
                .map(client -> isSame(client, request)
                        ? step(Change.PRESENT, CLIENT, request.clientId(), what)
                        : step(Change.CHANGED, CLIENT, request.clientId(), what))
                .orElseGet(() -> step(Change.ADDED, CLIENT, request.clientId(), what)));
        return List.copyOf(steps);
    }

    private static boolean isSame(ClientState client, ServerRequest request) {
        return client.attribute(McpAttributes.RESOURCE_URL).equals(request.resource())
                && List.of(client.attribute(McpAttributes.SCOPES).trim().split("\\s+"))
                        .equals(request.scopes());
    }

    /** The steps that take a server out: its client if it was added as one and is nothing else, and scopes that nobody has. */
    public static List<SetupStep> remove(String clientId, MeshState realm) {
        Optional<ClientState> server = realm.client().filter(ClientState::isServer);
        if (server.isEmpty()) {
            return List.of(step(Change.ABSENT, CLIENT, clientId, ": no MCP server"));
        }
        List<SetupStep> steps = new ArrayList<>();
        boolean more = !server.get().isAdded()
                || server.get().signsIn()
                || server.get().serviceAccount()
                || server.get().authorizes()
                || server.get().owns()
                || !server.get().openId();
        steps.add(
                more
                        ? step(Change.CHANGED, CLIENT, clientId, ": no MCP server any more")
                        : step(Change.REMOVED, CLIENT, clientId, ""));
        realm.servers().stream()
                .filter(each -> each.clientId().equals(clientId))
                .flatMap(each -> each.scopes().stream())
                .distinct()
                .filter(realm.scopes()::containsKey)
                .map(scope -> isOthers(scope, clientId, realm)
                        ? step(Change.PRESENT, CLIENT_SCOPE, scope, ", which is in use")
                        : step(Change.REMOVED, CLIENT_SCOPE, scope, ""))
                .forEach(steps::add);
        return List.copyOf(steps);
    }

    private static boolean isOthers(String scope, String clientId, MeshState realm) {
        return realm.assigned().contains(scope)
                || Optional.ofNullable(realm.scopes().get(scope))
                        .filter(state -> !state.plain())
                        .isPresent()
                || realm.servers().stream()
                        .filter(server -> !server.clientId().equals(clientId))
                        .anyMatch(server -> server.scopes().contains(scope));
    }
}
