package dev.keycloakmcp.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.OAuthErrors;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is sent as a resource or an audience, there is one answer, and no token for another server. */
class HostileResourcesTest {

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Provide
    Arbitrary<List<String>> lists() {
        return Arbitraries.oneOf(
                        HostileValues.texts(),
                        Arbitraries.of(Servers.CRM.resourceUrl(), Servers.BILLING.resourceUrl(), "crm", "billing"))
                .list()
                .ofMaxSize(3);
    }

    @Property
    void a_resource_is_read_in_one_form_or_not_at_all(@ForAll("texts") String sent) {
        ResourceIndicator.parse(sent).ifPresent(indicator -> {
            assertThat(indicator.canonical())
                    .matches("https?://[\\x21-\\x7e]+")
                    .doesNotContain("#")
                    .hasSizeLessThanOrEqualTo(ResourceIndicator.MAX_LENGTH);
            assertThat(ResourceIndicator.parse(withSlash(indicator))).contains(indicator);
        });
    }

    /** The same resource: one slash at the end of the path says nothing. */
    private static String withSlash(ResourceIndicator indicator) {
        return indicator.canonical().replaceFirst("(\\?|$)", "/$1");
    }

    @Property
    void a_list_holds_what_can_be_read(@ForAll("texts") String sent) {
        ResourceIndicator.list(sent).ifPresent(read -> assertThat(read)
                .allSatisfy(indicator -> assertThat(ResourceIndicator.parse(withSlash(indicator)))
                        .contains(indicator)));
    }

    @Property
    void a_pattern_never_reaches_beyond_its_host(@ForAll("texts") String text) {
        ResourcePattern.parse("https://crm.example.com/" + text).ifPresent(pattern -> assertThat(
                        pattern.matches(ResourceIndicator.parse("https://evil.example/https://crm.example.com/")
                                .orElseThrow()))
                .isFalse());
        ResourcePattern.parse(text).ifPresent(pattern -> pattern.matches(Servers.CRM.indicator()));
    }

    @Property
    void the_target_is_a_server_that_was_named_and_is_allowed(
            @ForAll("lists") List<String> resources,
            @ForAll("lists") List<String> audiences,
            @ForAll WhenMissing whenMissing) {
        TargetRequest request = new TargetRequest(
                resources, audiences, Optional.empty(), Set.of(), Set.of("crm:read"), Optional.empty());
        Decision<Optional<McpServer>> decision = new TargetRule(whenMissing).decide(request, Servers.BOTH);
        decision.allowed().flatMap(server -> server).ifPresent(server -> assertThat(server)
                .isEqualTo(Servers.CRM));
        decision.denied().ifPresent(deny -> {
            assertThat(deny.reason().error()).isEqualTo(OAuthErrors.INVALID_TARGET);
            assertThat(deny.detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]{1,200}");
        });
    }
}
