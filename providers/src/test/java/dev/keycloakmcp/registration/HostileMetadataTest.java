package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.decision.Decision;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is sent as client metadata, it is decided, and what is admitted is within the policy. */
class HostileMetadataTest {

    private static final String DESCRIPTION = "[\\x20-\\x7e&&[^\"\\\\]]{1,600}";

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Provide
    Arbitrary<Map<String, Object>> objects() {
        return HostileValues.objects();
    }

    @Property
    void metadata_is_decided(@ForAll("objects") Map<String, Object> members) {
        assertDecided(Samples.decide(members));
        Map<String, Object> request = Samples.request();
        request.putAll(members);
        assertDecided(Samples.decide(request));
    }

    private static void assertDecided(Decision<Registration> decision) {
        decision.denied().ifPresent(deny -> {
            assertThat(deny.reason().error()).isIn("invalid_redirect_uri", "invalid_client_metadata");
            assertThat(deny.detail()).matches(DESCRIPTION);
        });
        decision.allowed().ifPresent(registration -> {
            assertThat(registration.grantTypes()).isSubsetOf("authorization_code", "refresh_token");
            assertThat(registration.requestedScopes())
                    .isSubsetOf("openid", "basic", "profile", "mcp:read", "mcp:write", "offline_access");
            assertThat(registration.redirectUris()).isNotEmpty().allSatisfy(HostileMetadataTest::assertHarmless);
        });
    }

    private static void assertHarmless(RedirectUri uri) {
        assertThat(uri.registered()).matches("[\\x21-\\x7e]{1,255}").doesNotContain("*", "#", "\\");
        URI read = URI.create(uri.registered());
        assertThat(String.valueOf(read.getRawAuthority())).doesNotContain("@");
        assertThat(read.getScheme()).isIn("http", "https", "cursor", "com.example.app");
        if (read.getScheme().equals("http")) {
            assertThat(read.getHost()).isIn("localhost", "127.0.0.1", "[::1]");
        }
        if (read.getScheme().equals("https")) {
            assertThat(read.getHost()).matches("claude\\.ai|.+\\.cursor\\.com|(mesh|ports)\\.example\\.com");
        }
    }

    @Property
    void a_redirect_is_admitted_in_one_form_or_refused(@ForAll("texts") String sent) {
        for (String uri : List.of(sent, "http://localhost" + sent, "https://claude.ai" + sent, "cursor://" + sent)) {
            Decision<RedirectUri> decision = Samples.REDIRECTS.decide(uri);
            decision.allowed().ifPresent(HostileMetadataTest::assertHarmless);
            decision.denied().ifPresent(deny -> assertThat(deny.detail()).matches(DESCRIPTION));
        }
    }

    @Property
    void a_host_pattern_never_means_a_top_level_domain(@ForAll("texts") String sent) {
        HostPattern.parse(sent).ifPresent(pattern -> {
            assertThat(pattern.matches("evil.com", -1)).isFalse();
            assertThat(pattern.host()).matches("[a-z0-9.-]+");
        });
    }

    @Property
    void origins_are_those_of_loopback_pages(@ForAll("texts") String origin) {
        if (RedirectUri.isOriginOf("http://localhost/callback", origin)) {
            assertThat(origin).matches("http://localhost(:[0-9]+)?");
        }
    }

    @Property
    void scopes_of_any_number_are_granted_from_what_there_is(@ForAll("texts") String scope) {
        Map<String, Object> request = new LinkedHashMap<>(Samples.request());
        request.put("scope", scope);
        assertDecided(Samples.decide(request));
    }
}
