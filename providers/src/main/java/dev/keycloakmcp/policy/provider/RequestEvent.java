package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.provider.PerRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;

/** The event of the current request. Where nobody named its builder details are lost, decisions are not. */
public final class RequestEvent {

    private final KeycloakSession session;
    private @Nullable EventBuilder builder;
    private @Nullable RequestFacts requested;

    private RequestEvent(KeycloakSession session) {
        this.session = session;
    }

    public static RequestEvent of(KeycloakSession session) {
        return PerRequest.get(session, RequestEvent.class, RequestEvent::new);
    }

    /** Details go to this builder from now on. */
    public void use(EventBuilder event) {
        this.builder = event;
    }

    /** A detail so far, such as how the client authenticated. */
    public Optional<String> detail(String name) {
        return Optional.ofNullable(builder)
                .map(EventBuilder::getEvent)
                .map(Event::getDetails)
                .map(details -> details.get(name));
    }

    /** Adds a detail. */
    public void detail(String name, String value) {
        if (builder != null) {
            builder.detail(name, value);
        }
    }

    /** Remembers what the request asks for, to name it when the request is refused or would be. */
    public void requested(RequestFacts facts) {
        this.requested = facts;
    }

    /** Names the target and the scopes that the request asked for, as far as it says and the event does not yet. */
    public void nameRequested() {
        if (builder == null || requested == null) {
            return;
        }
        requested
                .namedTarget(McpServerRegistry.of(session))
                .ifPresent(target -> detail(McpEventDetails.RESOURCE, target));
        if (detail(Details.SCOPE).isEmpty()) {
            requested.namedScopes().ifPresent(scopes -> detail(Details.SCOPE, scopes));
        }
    }

    /** Sends the error event of a refusal that shows too late for a verdict; the caller has to answer it. */
    public void refuse(ReasonCode reason, String detail) {
        if (builder != null) {
            DecisionEvents.error(builder, reason, detail);
        }
    }

    /** Sends an event of what would be refused, for requests that Keycloak has none of where they succeed. */
    public void tell(EventType type) {
        if (builder != null
                && detail(McpEventDetails.DECISION)
                        .filter(Outcome.WOULD_DENY.value()::equals)
                        .isPresent()) {
            builder.clone().event(type).client(session.getContext().getClient()).success();
        }
    }

    void decided(Verdict verdict) {
        if (builder != null) {
            DecisionEvents.outcome(
                    builder, verdict.outcome(), verdict.decision().reason());
        }
        if (verdict.isDeny()) {
            nameRequested();
        }
    }

    void wouldLose(Verdict verdict, TokenLoss loss) {
        if (builder != null) {
            DecisionEvents.outcome(
                    builder, Outcome.WOULD_NARROW, verdict.decision().reason());
            builder.detail(McpEventDetails.WOULD_LOSE, DecisionEvents.json(loss));
        }
    }

    void bound(TokenNarrowing narrowing) {
        detail(McpEventDetails.RESOURCE, narrowing.server().resourceUrl());
    }
}
