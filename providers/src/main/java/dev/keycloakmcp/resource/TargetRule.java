package dev.keycloakmcp.resource;

import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_AMBIGUOUS;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_CONFLICT;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MALFORMED;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MISMATCH;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MISSING;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MULTIPLE;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_NOT_ALLOWED;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_UNKNOWN;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the one MCP server that a token is for (RFC 8707). */
public record TargetRule(WhenMissing whenMissing) {

    /** One text for all three, so that a client cannot find out which servers a realm has; the event tells them apart. */
    public static final String NOT_FOR_THIS_CLIENT = "The resource is unknown or not allowed for this client.";

    /**
     * Decides.
     *
     * @return the target; empty only for {@link WhenMissing#IGNORE} and a request that names none
     */
    public Decision<Optional<McpServer>> decide(TargetRequest request, McpServers servers) {
        if (request.resources().size() > 1 || request.audiences().size() > 1) {
            return Decision.deny(RESOURCE_MULTIPLE, "Only one resource is supported.");
        }
        Optional<ResourceIndicator> target = Optional.empty();
        for (Optional<ResourceIndicator> named : named(request, servers)) {
            if (named.isEmpty()) {
                return Decision.deny(
                        RESOURCE_MALFORMED, "The resource must be an absolute http or https URI without a fragment.");
            }
            if (target.isPresent() && !target.equals(named)) {
                return request.bound().isPresent()
                        ? Decision.deny(RESOURCE_MISMATCH, "The resource differs from the one of the original request.")
                        : Decision.deny(RESOURCE_MULTIPLE, "The audience and resource parameters name two targets.");
            }
            target = named;
        }
        if (target.isPresent()) {
            return allowed(target.get(), request, servers);
        }
        return switch (whenMissing) {
            case REQUIRE -> Decision.deny(RESOURCE_MISSING, "The resource parameter is required.");
            case IGNORE -> new Decision.Allow<>(Optional.empty(), ReasonCode.NOT_TARGETED);
            case INFER -> inferred(request, servers);
        };
    }

    /** Everything that names a target, in comparable form; empty elements are malformed. */
    private static List<Optional<ResourceIndicator>> named(TargetRequest request, McpServers servers) {
        return Stream.of(
                        request.bound().stream().map(ResourceIndicator::parse),
                        request.resources().stream().map(ResourceIndicator::parse),
                        request.audiences().stream().map(audience -> Optional.of(audience(audience, servers))))
                .flatMap(Function.identity())
                .toList();
    }

    /** A URI that a server has is that server, whatever client ids there are: anybody may choose a client id. */
    private static ResourceIndicator audience(String audience, McpServers servers) {
        Optional<ResourceIndicator> uri = ResourceIndicator.parse(audience);
        return uri.filter(indicator -> !servers.claiming(indicator).isEmpty())
                .or(() -> servers.ofClient(audience).map(McpServer::indicator))
                .or(() -> uri)
                // A client that is no server looks like a server that nobody has.
                .orElseGet(() -> new ResourceIndicator(audience));
    }

    private static Decision<Optional<McpServer>> allowed(
            ResourceIndicator target, TargetRequest request, McpServers servers) {
        List<McpServer> claiming = servers.claiming(target);
        if (claiming.isEmpty()) {
            return Decision.deny(RESOURCE_UNKNOWN, NOT_FOR_THIS_CLIENT);
        }
        if (claiming.size() > 1) {
            return Decision.deny(RESOURCE_CONFLICT, NOT_FOR_THIS_CLIENT);
        }
        McpServer server = claiming.get(0);
        if (!mayTarget(server, request)) {
            return Decision.deny(RESOURCE_NOT_ALLOWED, NOT_FOR_THIS_CLIENT);
        }
        return Decision.allow(Optional.of(server));
    }

    private static boolean mayTarget(McpServer server, TargetRequest request) {
        return request.allowedResources()
                .map(allowed -> allowed.contains(server.indicator()))
                .orElseGet(() -> request.assignedScopes().stream().anyMatch(server::owns));
    }

    private Decision<Optional<McpServer>> inferred(TargetRequest request, McpServers servers) {
        Collection<McpServer> allowed = allowedServers(request, servers);
        Set<String> mcpScopes =
                request.scopes().stream().filter(servers::isMcpScope).collect(Collectors.toSet());
        List<McpServer> owningAll = allowed.stream()
                .filter(server -> !mcpScopes.isEmpty() && server.scopes().containsAll(mcpScopes))
                .limit(2) // more tell nothing more
                .toList();
        if (owningAll.size() == 1) {
            return Decision.allow(Optional.of(owningAll.get(0)));
        }
        if (allowed.size() == 1) {
            return Decision.allow(Optional.of(allowed.iterator().next()));
        }
        Optional<McpServer> byDefault = byDefault(request, servers);
        if (byDefault.isPresent()) {
            return Decision.allow(byDefault);
        }
        return allowed.isEmpty()
                ? Decision.deny(RESOURCE_MISSING, "The resource parameter is missing and cannot be inferred.")
                : Decision.deny(
                        RESOURCE_AMBIGUOUS,
                        "The resource parameter is missing, and the scope does not tell which resource is meant.");
    }

    /**
     * The server that a request means by default: it names neither a server nor a scope of one, and the client may use the
     * default.
     */
    public Optional<McpServer> byDefault(TargetRequest request, McpServers servers) {
        boolean namesNothing = whenMissing == WhenMissing.INFER
                && request.bound().isEmpty()
                && request.resources().isEmpty()
                && request.audiences().isEmpty()
                && request.scopes().stream().noneMatch(servers::isMcpScope);
        return request.defaultResource()
                .filter(server -> namesNothing)
                .flatMap(server -> allowed(server, request, servers).allowed())
                .flatMap(Function.identity());
    }

    private static Collection<McpServer> allowedServers(TargetRequest request, McpServers servers) {
        return request.allowedResources()
                .<Collection<McpServer>>map(allowed -> allowed.stream()
                        .map(servers::claiming)
                        .filter(claiming -> claiming.size() == 1)
                        .map(claiming -> claiming.get(0))
                        .toList())
                .orElseGet(() -> servers.owningAnyOf(request.assignedScopes()).stream()
                        .filter(server -> servers.claiming(server.indicator()).size() == 1)
                        .toList());
    }
}
