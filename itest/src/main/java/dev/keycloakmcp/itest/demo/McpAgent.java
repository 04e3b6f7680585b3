package dev.keycloakmcp.itest.demo;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An MCP client on the official SDK, with a fixed access token or none. */
final class McpAgent implements AutoCloseable {

    /**
     * What came of a call.
     *
     * @param status 200, or the HTTP status of the refusal
     * @param text what the tool said, or the challenge of the refusal
     */
    record Outcome(int status, String text) {

        /** A parameter of the challenge, such as {@code error} or {@code scope}. */
        String challenge(String parameter) {
            Matcher matcher =
                    Pattern.compile("\\b" + parameter + "=\"([^\"]*)\"").matcher(text);
            return matcher.find() ? matcher.group(1) : "";
        }
    }

    private final McpSyncClient client;

    McpAgent(URI server, @Nullable String accessToken) {
        var transport = HttpClientStreamableHttpTransport.builder(
                        server.resolve("/").toString())
                .endpoint(server.getPath())
                .addHttpRequestCustomizer((request, method, uri, body, context) -> {
                    if (accessToken != null) {
                        request.header("Authorization", "Bearer " + accessToken);
                    }
                })
                .build();
        client = McpClient.sync(transport)
                .clientInfo(Implementation.builder("agent-mesh-gateway", "1").build())
                .requestTimeout(Duration.ofSeconds(30))
                .initializationTimeout(Duration.ofSeconds(30))
                .build();
    }

    /** Connects, if that was not done before, and calls the tool. */
    Outcome call(String tool) {
        try {
            if (!client.isInitialized()) {
                client.initialize();
            }
            var result = client.callTool(CallToolRequest.builder(tool).build());
            String text = result.content().stream()
                    .filter(TextContent.class::isInstance)
                    .map(content -> ((TextContent) content).text())
                    .collect(Collectors.joining("\n"));
            return new Outcome(200, text);
        } catch (RuntimeException e) {
            return refusal(e);
        }
    }

    /** The SDK wraps the refusal more or less deeply; anything else is a failure of the demo. */
    private static Outcome refusal(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof McpHttpClientTransportAuthorizationException refused) {
                return new Outcome(
                        refused.getResponseInfo().statusCode(),
                        refused.getResponseInfo()
                                .headers()
                                .firstValue("WWW-Authenticate")
                                .orElse(""));
            }
        }
        throw failure;
    }

    @Override
    public void close() {
        client.closeGracefully();
    }
}
