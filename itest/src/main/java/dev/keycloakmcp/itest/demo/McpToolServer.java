package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A real MCP server on the official SDK, Streamable HTTP, whose tools need one scope each. */
final class McpToolServer implements AutoCloseable {

    /**
     * A tool without arguments.
     *
     * @param name its name
     * @param description what it does, for the model
     * @param scope the scope that its caller needs
     * @param answer what it says to a caller
     */
    record Tool(String name, String description, String scope, Function<Caller, String> answer) {}

    private static final String PATH = "/mcp";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final McpSyncServer server;
    private final ProtectedResource resource;

    McpToolServer(String name, List<Tool> tools) {
        this(name, tools, true);
    }

    /** @param advertised whether clients are told the scopes before they lack one */
    McpToolServer(String name, List<Tool> tools, boolean advertised) {
        var transport = HttpServletStreamableServerTransportProvider.builder()
                .mcpEndpoint(PATH)
                .contextExtractor(request -> McpTransportContext.create(
                        Map.of(ProtectedResource.CALLER, request.getAttribute(ProtectedResource.CALLER))))
                .build();
        var specification = McpServer.sync(transport)
                .serverInfo(name, "1")
                .capabilities(ServerCapabilities.builder().tools(false).build());
        for (Tool tool : tools) {
            specification.toolCall(
                    io.modelcontextprotocol.spec.McpSchema.Tool.builder(tool.name(), Map.of("type", "object"))
                            .description(tool.description())
                            .build(),
                    (exchange, request) -> {
                        Caller caller = (Caller) exchange.transportContext().get(ProtectedResource.CALLER);
                        return CallToolResult.builder()
                                .addTextContent(tool.answer().apply(caller))
                                .build();
                    });
        }
        server = specification.build();
        List<String> scopes = tools.stream().map(Tool::scope).distinct().toList();
        resource = new ProtectedResource(
                name, PATH, scopes, advertised, (method, body) -> scopeOfCall(tools, body), transport);
    }

    /** A call of a tool needs that tool's scope; everything else in MCP only a token for this server. */
    private static @Nullable String scopeOfCall(List<Tool> tools, byte[] body) {
        JsonNode message;
        try {
            message = JSON.readTree(body);
        } catch (IOException e) {
            return null; // not JSON: the transport says so
        }
        if (!message.path("method").asText().equals("tools/call")) {
            return null;
        }
        String name = message.path("params").path("name").asText();
        return tools.stream()
                .filter(tool -> tool.name().equals(name))
                .map(Tool::scope)
                .findFirst()
                .orElse(null);
    }

    URI uri() {
        return resource.uri();
    }

    void trust(URI issuer, URI jwks) {
        resource.trust(issuer, jwks);
    }

    /** @param active whether the authorization server still stands by a token that was verified */
    void trust(URI issuer, URI jwks, Predicate<String> active) {
        resource.trust(issuer, jwks, active);
    }

    /** As if all tokens that it took so far had expired. */
    void refuseKnownTokens() {
        resource.refuseKnownTokens();
    }

    @Override
    public void close() {
        server.closeGracefully();
        resource.close();
    }
}
