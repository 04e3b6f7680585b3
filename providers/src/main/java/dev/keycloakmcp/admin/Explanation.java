package dev.keycloakmcp.admin;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.TokenContent;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.Verdicts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The answer to what a request would get, and why. */
public final class Explanation {

    /**
     * One way the request may go.
     *
     * @param outcome of the request
     * @param error the OAuth error of the answer; absent where there is a token
     * @param reason code of the reason; absent where no policy had a say
     * @param detail what to change; absent where there is nothing to say
     * @param verdicts of all policies
     * @param accessToken its claims; none where there is no token
     * @param content of all that the client gets
     */
    public record Run(
            Outcome outcome,
            Optional<String> error,
            Optional<String> reason,
            Optional<String> detail,
            Verdicts verdicts,
            Map<String, Object> accessToken,
            TokenContent content) {

        /** A request that gets its token. */
        public static Run answered(
                Verdicts verdicts, boolean losing, Map<String, Object> accessToken, TokenContent content) {
            Optional<Verdict> published = verdicts.published();
            Outcome outcome = losing
                    ? Outcome.WOULD_NARROW
                    : published.map(Verdict::outcome).orElse(Outcome.ALLOW);
            return new Run(
                    outcome,
                    Optional.empty(),
                    published.map(verdict -> verdict.decision().reason().code()),
                    published.flatMap(Explanation::detail),
                    verdicts,
                    accessToken,
                    content);
        }

        /** A request that is refused, by a policy or by Keycloak. */
        public static Run refused(Verdicts verdicts, String error, Optional<String> reason, Optional<String> detail) {
            return new Run(Outcome.DENY, Optional.of(error), reason, detail, verdicts, Map.of(), TokenContent.NONE);
        }
    }

    private Explanation() {}

    /**
     * The answer as JSON. Members without a value are left out.
     *
     * @param before the request where all policies only report
     * @param now the request as it was asked for
     * @param enforced the request where policies are enforced, for what it loses
     */
    public static Map<String, Object> json(Run before, Run now, Run enforced) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("decision", now.outcome().value());
        put(members, "error", now.error());
        put(members, "reason", now.reason());
        put(members, "detail", now.detail());
        members.put(
                "policies", now.verdicts().all().stream().map(Explanation::json).toList());
        members.put("before", before.accessToken());
        members.put("after", now.accessToken());
        members.put(
                "loses",
                enforced.error().isPresent()
                        ? TokenLoss.NONE
                        : TokenLoss.between(before.content(), enforced.content()));
        return members;
    }

    private static Map<String, Object> json(Verdict verdict) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("rule", verdict.rule());
        members.put("enforcement", verdict.mode().value());
        members.put("decision", verdict.outcome().value());
        members.put("reason", verdict.decision().reason().code());
        put(members, "detail", detail(verdict));
        return members;
    }

    private static void put(Map<String, Object> members, String name, Optional<String> value) {
        value.ifPresent(present -> members.put(name, present));
    }

    private static Optional<String> detail(Verdict verdict) {
        return verdict.decision().denied().map(Decision.Deny::detail);
    }
}
