package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.resource.Servers;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Chains, scopes and targets as nobody should write them. */
class HostileClaimsTest {

    @Provide
    Arbitrary<Object> values() {
        return HostileValues.values();
    }

    @Provide
    Arbitrary<Map<String, Object>> chains() {
        return HostileValues.chains("act");
    }

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Provide
    Arbitrary<Map<String, List<String>>> forms() {
        return HostileValues.forms();
    }

    @Property
    void anything_is_a_chain_or_is_none(@ForAll("values") Object claim) {
        ActorChain.read(claim).ifPresent(HostileClaimsTest::assertWhole);
    }

    @Property
    void a_chain_is_read_whole_or_not_at_all(@ForAll("chains") Map<String, Object> claim) {
        Optional<ActorChain> chain = ActorChain.read(claim);
        chain.ifPresent(HostileClaimsTest::assertWhole);
        int depth = 0;
        Object at = claim;
        while (at instanceof Map<?, ?> members) {
            depth++;
            at = members.get("act");
        }
        if (chain.isPresent()) {
            assertThat(chain.get().depth()).isEqualTo(depth);
        }
    }

    private static void assertWhole(ActorChain chain) {
        assertThat(chain.depth()).isBetween(1, ActorChain.MAX_DEPTH);
        assertThat(ActorChain.read(chain.toClaim())).contains(chain);
    }

    @Property
    void scopes_are_words(@ForAll("texts") String scope) {
        assertThat(ScopeParameter.list(scope))
                .doesNotHaveDuplicates()
                .noneMatch(word -> word.isEmpty() || word.matches(".*\\s.*"));
        ScopeParameter.names(scope)
                .ifPresent(names -> assertThat(names).containsExactlyInAnyOrderElementsOf(ScopeParameter.list(scope)));
    }

    @Property
    void events_name_what_was_sent_and_stay_short(@ForAll("texts") String resource, @ForAll("texts") String scope) {
        RequestFacts facts =
                new RequestFacts(Servers.request(Set.of(), Set.of(), resource), ScopeParameter.names(scope), Set.of());
        facts.namedTarget(Servers.BOTH)
                .ifPresent(target -> assertThat(target).hasSizeLessThanOrEqualTo(RequestFacts.MAX_TARGET));
        facts.namedScopes().ifPresent(scopes -> assertThat(scopes).hasSizeLessThanOrEqualTo(RequestFacts.MAX_SCOPES));
    }

    @Property
    void a_dropped_parameter_is_refused_and_no_other(@ForAll("forms") Map<String, List<String>> form) {
        assertThat(OverlongParameters.refusal(form, form.keySet())).isEmpty();
        OverlongParameters.refusal(form, Set.of()).ifPresent(deny -> {
            assertThat(deny.reason().error()).isIn("invalid_scope", "invalid_target", "invalid_request");
            assertThat(deny.detail()).hasSizeLessThan(120);
        });
    }
}
