package dev.keycloakmcp.support.provider;

import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.tracing.TracingProvider;

/** A span in Keycloak's own tracing. It is nothing where tracing is off, or the request is none of those that are traced. */
public final class TracedStep implements AutoCloseable {

    private static final String OURS = "keycloak.mcp.";
    private static final TracedStep NONE = new TracedStep(Span.getInvalid(), null);

    private final Span span;
    private final @Nullable TracingProvider ending;

    private TracedStep(Span span, @Nullable TracingProvider ending) {
        this.span = span;
        this.ending = ending;
    }

    /** Begins a span within the one that is current; it ends when closed. */
    public static TracedStep begin(KeycloakSession session, String name) {
        TracingProvider tracing = session.getProvider(TracingProvider.class);
        return tracing != null && tracing.getCurrentSpan().isRecording()
                ? new TracedStep(tracing.startSpan(TracedStep.class.getName(), OURS + name), tracing)
                : NONE;
    }

    /** The span that is current, whoever began it; whoever did ends it. */
    public static TracedStep current(KeycloakSession session) {
        TracingProvider tracing = session.getProvider(TracingProvider.class);
        Span current = tracing == null ? Span.getInvalid() : tracing.getCurrentSpan();
        return current.isRecording() ? new TracedStep(current, null) : NONE;
    }

    /** Says more about it. */
    public void attribute(String name, String value) {
        span.setAttribute(OURS + name, value);
    }

    @Override
    public void close() {
        if (ending != null) {
            ending.endSpan();
        }
    }
}
