package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The downstream API: plain HTTP, no MCP. It answers with whom it saw, and who acted for them. */
final class TicketApi implements AutoCloseable {

    static final String SCOPE = "tickets:read";

    private static final String PATH = "/tickets";

    private final ProtectedResource resource =
            new ProtectedResource("Tickets", PATH, List.of(SCOPE), (method, body) -> SCOPE, new TicketServlet());

    URI uri() {
        return resource.uri();
    }

    void trust(URI issuer, URI jwks) {
        resource.trust(issuer, jwks);
    }

    @Override
    public void close() {
        resource.close();
    }

    private static final class TicketServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final ObjectMapper JSON = new ObjectMapper();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Caller caller = (Caller) request.getAttribute(ProtectedResource.CALLER);
            response.setContentType("application/json");
            JSON.writeValue(
                    response.getOutputStream(),
                    Map.of(
                            "tickets", List.of("#4711 printer on fire"),
                            "of", caller.subject(),
                            "asked_by", caller.actors()));
        }
    }
}
