package dev.keycloakmcp.token.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.resource.Servers;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessTokenResponse;

class Rfc9068HeaderTest {

    private static final TokenPostProcessorContext TOKENS = new TokenPostProcessorContext(null, null, null, null, null);

    private final ClientModel client = proxy(ClientModel.class, (proxy, method, arguments) -> null);
    private final Map<String, Object> state = new HashMap<>(Map.of("client", client));
    private final KeycloakSession session = session();
    private final Rfc9068Header header = new Rfc9068Header(session);

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private KeycloakSession session() {
        KeycloakContext context = proxy(KeycloakContext.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getClient" -> state.get("client");
            case "setClient" -> state.put("client", arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
        return proxy(KeycloakSession.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getContext" -> context;
            case "getAttribute" -> state.get(arguments[0]);
            case "setAttribute" -> state.put((String) arguments[0], arguments[1]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private void bound(TokenForm form) {
        McpRequest.of(session)
                .enforce(
                        "rule",
                        Decision.allow(
                                Optional.of(TokenNarrowing.to(Servers.CRM).with(form))));
    }

    private void lastPostProcessor() {
        TokenConstraints.of(session).finishers().forEach(finisher -> finisher.finish(TOKENS));
    }

    private boolean isAskedFor() {
        return "true"
                .equals(session.getContext()
                        .getClient()
                        .getAttribute(OIDCConfigAttributes.USE_RFC9068_ACCESS_TOKEN_HEADER_TYPE));
    }

    @Test
    void the_client_says_yes_while_tokens_are_signed_and_at_no_other_time() {
        bound(TokenForm.DEFAULT);
        header.during(() -> {
            assertThat(isAskedFor()).isFalse();
            lastPostProcessor();
            assertThat(isAskedFor()).isTrue();
            header.signed();
            assertThat(session.getContext().getClient()).isSameAs(client);
            return new AccessTokenResponse();
        });
        assertThat(session.getContext().getClient()).isSameAs(client);
    }

    @Test
    void a_token_that_is_not_built_leaves_the_client_as_it_was() {
        bound(TokenForm.DEFAULT);
        assertThatThrownBy(() -> header.during(() -> {
                    lastPostProcessor();
                    throw new IllegalStateException("no key");
                }))
                .hasMessage("no key");
        assertThat(session.getContext().getClient()).isSameAs(client);
    }

    @Test
    void tokens_that_keycloak_makes_later_in_the_request_are_its_own() {
        bound(TokenForm.DEFAULT);
        header.during(AccessTokenResponse::new);
        lastPostProcessor();
        assertThat(session.getContext().getClient()).isSameAs(client);
    }

    @Test
    void other_tokens_have_the_header_that_the_client_wants() {
        header.during(() -> {
            lastPostProcessor();
            assertThat(isAskedFor()).isFalse();
            return new AccessTokenResponse();
        });
        bound(new TokenForm(TokenForm.AudienceForm.RESOURCE, TokenForm.Profile.KEYCLOAK));
        header.during(() -> {
            lastPostProcessor();
            assertThat(isAskedFor()).isFalse();
            return new AccessTokenResponse();
        });
    }
}
