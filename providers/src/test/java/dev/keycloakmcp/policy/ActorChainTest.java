package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ActorChainTest {

    private static final Actor GATEWAY = new Actor("sa-1", "gateway");
    private static final Actor SERVER = new Actor("sa-2", "crm-server");

    @Test
    void the_newest_actor_is_outermost() {
        ActorChain chain = ActorChain.of(GATEWAY).then(SERVER).orElseThrow();
        assertThat(chain.current()).isEqualTo(SERVER);
        assertThat(chain.toClaim())
                .isEqualTo(Map.of(
                        "sub",
                        "sa-2",
                        "client_id",
                        "crm-server",
                        "act",
                        Map.of("sub", "sa-1", "client_id", "gateway")));
        assertThat(chain.toEventDetail()).isEqualTo("gateway,crm-server");
    }

    @Test
    void reads_the_example_of_rfc_8693_section_4_1() {
        Map<String, Object> act =
                Map.of("sub", "https://service16.example.com", "act", Map.of("sub", "https://service77.example.com"));
        assertThat(ActorChain.read(act).orElseThrow().actors())
                .containsExactly(
                        new Actor("https://service16.example.com", "https://service16.example.com"),
                        new Actor("https://service77.example.com", "https://service77.example.com"));
    }

    @Test
    void refuses_what_is_no_chain() {
        assertThat(ActorChain.read(null)).isEmpty();
        assertThat(ActorChain.read("gateway")).isEmpty();
        assertThat(ActorChain.read(Map.of())).isEmpty();
        assertThat(ActorChain.read(Map.of("sub", ""))).isEmpty();
        assertThat(ActorChain.read(Map.of("sub", 1))).isEmpty();
        assertThat(ActorChain.read(Map.of("client_id", "gateway"))).isEmpty();
        assertThat(ActorChain.read(Map.of("sub", "a", "act", "b"))).isEmpty();
        assertThat(ActorChain.read(Map.of("sub", "a", "act", Map.of()))).isEmpty();
    }

    @Test
    void a_chain_too_deep_is_refused_and_never_cut() {
        ActorChain chain = ActorChain.of(GATEWAY);
        for (int i = 1; i < ActorChain.MAX_DEPTH; i++) {
            chain = chain.then(new Actor("sa-x" + i, "agent-" + i)).orElseThrow();
        }
        assertThat(chain.actors()).hasSize(8);
        assertThat(chain.then(SERVER)).isEmpty();
        assertThat(ActorChain.read(chain.toClaim())).contains(chain);
        assertThat(ActorChain.read(Map.of("sub", "one more", "act", chain.toClaim())))
                .isEmpty();
    }

    @Test
    void a_chain_has_at_least_one_actor_and_not_too_many() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ActorChain(List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ActorChain(java.util.Collections.nCopies(9, GATEWAY)));
    }

    @Property
    void what_is_written_is_read_again(@ForAll("chains") ActorChain chain) {
        assertThat(ActorChain.read(chain.toClaim())).contains(chain);
    }

    @Provide
    Arbitrary<ActorChain> chains() {
        Arbitrary<String> text = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(10);
        return Combinators.combine(text, text)
                .as(Actor::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(ActorChain.MAX_DEPTH)
                .map(ActorChain::new);
    }

    @Test
    void a_chain_knows_its_depth_and_its_actors() {
        ActorChain chain = ActorChain.of(GATEWAY).then(SERVER).orElseThrow();
        assertThat(chain.depth()).isEqualTo(2);
        assertThat(chain.contains(GATEWAY)).isTrue();
        assertThat(chain.contains(new Actor("sa-3", "other"))).isFalse();
    }

    @Test
    void actors_of_a_chain_can_be_told_by_other_names() {
        ActorChain chain = ActorChain.of(GATEWAY).then(SERVER).orElseThrow();
        assertThat(chain.renamed(actor -> actor.equals(GATEWAY) ? new Actor("x", "y") : actor)
                        .actors())
                .containsExactly(SERVER, new Actor("x", "y"));
    }

    @Test
    void all_who_are_named_are_found_even_where_they_are_no_chain() {
        assertThat(ActorChain.named(null)).isEmpty();
        assertThat(ActorChain.named("gateway")).isEmpty();
        assertThat(ActorChain.named(Map.of("sub", "a", "client_id", "b", "act", Map.of("client_id", "c"))))
                .containsExactly(new Actor("a", "b"), new Actor("c", "c"));
        assertThat(ActorChain.named(Map.of("iss", "x", "act", Map.of("sub", "d", "act", 1))))
                .containsExactly(new Actor("d", "d"));
        Object deep = Map.of("sub", "last");
        for (int depth = 0; depth < 20; depth++) {
            deep = Map.of("sub", "s" + depth, "act", deep);
        }
        assertThat(ActorChain.named(deep)).hasSize(21).endsWith(new Actor("last", "last"));
    }
}
