package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An exchange by the gateway, of a user's token, varied step by step. */
final class Exchanges {

    static final String ISSUER = "https://issuer.example.com";
    static final Actor GATEWAY = new Actor("sa-gateway", "gateway");
    static final Actor CRM = new Actor("sa-crm", "crm");
    static final Actor DESK = new Actor("desk", "desk");
    static final Actor HELPDESK = new Actor("helpdesk-id", "security-admin-console");

    private Set<String> identifiers = Set.of("alice-id");
    private @Nullable Object act;
    private boolean actAtLogin;
    private @Nullable Object mayAct;
    private boolean mayActPermits = true;
    private Optional<Actor> impersonator = Optional.empty();
    private Set<String> scopes = Set.of("crm:read");
    private long secondsLeft = 60;
    private boolean forRequester = true;
    private boolean proven = true;
    private boolean byToken;
    private ActingParty.Kind kind = ActingParty.Kind.CLIENT;
    private Optional<Actor> behind = Optional.empty();
    private RequestedToken requested = RequestedToken.ACCESS_TOKEN;
    private Set<Actor> inactive = Set.of();

    Exchanges subject(String... ids) {
        identifiers = Set.of(ids);
        return this;
    }

    /** Newest first. */
    Exchanges act(Actor... actors) {
        return rawAct(new ActorChain(Arrays.asList(actors)).toClaim());
    }

    Exchanges rawAct(Object claim) {
        act = claim;
        return this;
    }

    Exchanges atLogin() {
        actAtLogin = true;
        return this;
    }

    Exchanges mayAct(Object claim) {
        mayAct = claim;
        return this;
    }

    Exchanges impersonator(Actor actor) {
        impersonator = Optional.of(actor);
        return this;
    }

    Exchanges scopes(String... names) {
        scopes = Set.of(names);
        return this;
    }

    Exchanges secondsLeft(long seconds) {
        secondsLeft = seconds;
        return this;
    }

    Exchanges ofOthers() {
        forRequester = false;
        return this;
    }

    Exchanges unproven() {
        proven = false;
        return this;
    }

    Exchanges byToken() {
        byToken = true;
        return this;
    }

    /** The gateway sends a token that it received from another. */
    Exchanges behind(Actor actor) {
        behind = Optional.of(actor);
        return this;
    }

    /** The claim that says who may act is of a mapper of others. */
    Exchanges restricted() {
        mayActPermits = false;
        return this;
    }

    Exchanges person() {
        kind = ActingParty.Kind.USER;
        return this;
    }

    Exchanges asking(RequestedToken type) {
        requested = type;
        return this;
    }

    Exchanges inactive(Actor... actors) {
        inactive = Set.copyOf(List.of(actors));
        return this;
    }

    DelegatedSubject subjectToken() {
        return new DelegatedSubject(
                identifiers,
                act,
                actAtLogin,
                mayAct,
                mayActPermits,
                impersonator,
                scopes,
                secondsLeft,
                forRequester,
                proven);
    }

    ExchangeRequest request() {
        return new ExchangeRequest(
                subjectToken(),
                new ActingParties(
                        new ActingParty(GATEWAY, kind, "gateway", byToken, Set.of("agent-role")),
                        behind.map(actor -> new ActingParty(
                                actor, ActingParty.Kind.CLIENT, actor.clientId(), true, Set.of("other-role")))),
                requested,
                ISSUER,
                inactive);
    }
}
