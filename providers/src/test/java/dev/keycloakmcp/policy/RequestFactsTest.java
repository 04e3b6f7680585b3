package dev.keycloakmcp.policy;

import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.BOTH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.TargetRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestFactsTest {

    private static Optional<String> target(List<String> resources, List<String> audiences, Optional<String> bound) {
        return new RequestFacts(
                        new TargetRequest(resources, audiences, bound, Set.of(), Set.of(), Optional.empty()),
                        Optional.empty(),
                        Set.of())
                .namedTarget(BOTH);
    }

    private static Optional<String> scopes(Optional<Set<String>> requested, Set<String> hidden) {
        return new RequestFacts(
                        new TargetRequest(List.of(), List.of(), Optional.empty(), Set.of(), Set.of(), Optional.empty()),
                        requested,
                        hidden)
                .namedScopes();
    }

    @Test
    void the_target_is_named_as_registered() {
        assertThat(target(List.of("HTTPS://billing.example.com:443/mcp"), List.of(), Optional.empty()))
                .contains(BILLING.resourceUrl());
    }

    @Test
    void an_unknown_target_is_named_as_sent_and_cut_short() {
        assertThat(target(List.of("https://other.example.com"), List.of(), Optional.empty()))
                .contains("https://other.example.com");
        assertThat(target(List.of("no URI"), List.of(), Optional.empty())).contains("no URI");
        String longest = "a".repeat(RequestFacts.MAX_TARGET);
        assertThat(target(List.of(longest), List.of(), Optional.empty())).contains(longest);
        assertThat(target(List.of(longest + "b"), List.of(), Optional.empty()))
                .contains("a".repeat(RequestFacts.MAX_TARGET - 3) + "...");
    }

    @Test
    void resource_is_named_before_audience_and_both_before_what_the_grant_is_bound_to() {
        assertThat(target(List.of("one", "two"), List.of("three"), Optional.of("four")))
                .contains("one");
        assertThat(target(List.of(), List.of("three"), Optional.of("four"))).contains("three");
        assertThat(target(List.of(), List.of(), Optional.of("four"))).contains("four");
        assertThat(target(List.of(), List.of(), Optional.empty())).isEmpty();
    }

    @Test
    void scopes_are_named_in_order_and_without_those_that_only_bring_mappers() {
        assertThat(scopes(Optional.of(Set.of("b", "basic", "a")), Set.of("basic")))
                .contains("a b");
        assertThat(scopes(Optional.empty(), Set.of())).isEmpty();
    }

    @Test
    void scopes_that_are_too_many_for_an_event_are_cut_short() {
        Set<String> words =
                IntStream.range(0, 5000).mapToObj(word -> "w" + word).collect(Collectors.toSet());
        assertThat(scopes(Optional.of(words), Set.of()).orElseThrow())
                .hasSize(RequestFacts.MAX_SCOPES)
                .startsWith("w0 w1 w10 w100 ")
                .endsWith("...");
    }
}
