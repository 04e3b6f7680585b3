package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.policy.Actor;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** {@code may_act} claims and forms of exchanges as nobody should write them. */
class HostileExchangesTest {

    @Provide
    Arbitrary<Object> values() {
        return HostileValues.values();
    }

    @Provide
    Arbitrary<Map<String, Object>> objects() {
        return HostileValues.objects();
    }

    @Provide
    Arbitrary<Map<String, List<String>>> forms() {
        return HostileValues.forms();
    }

    @Property
    void a_may_act_that_cannot_be_checked_lets_nobody_act(@ForAll("values") Object claim) {
        MayAct.read(claim).ifPresent(HostileExchangesTest::assertNames);
    }

    @Property
    void a_may_act_names_somebody(@ForAll("objects") Map<String, Object> claim) {
        MayAct.read(claim).ifPresent(HostileExchangesTest::assertNames);
    }

    private static void assertNames(MayAct named) {
        assertThat(named.subject().or(named::clientId)).isPresent();
        assertThat(named.allows(new Actor("somebody", "else"), "https://issuer.example"))
                .isFalse();
        assertThat(MayAct.read(named.toClaim())).contains(named);
    }

    @Property
    void a_form_is_read_or_refused(@ForAll("forms") Map<String, List<String>> form) {
        ExchangeParameters.read(form)
                .denied()
                .ifPresent(deny -> assertThat(deny.reason().error()).isEqualTo("invalid_request"));
        ExchangeParameters.read(form).allowed().ifPresent(parameters -> parameters
                .actorTokenToVerify()
                .allowed()
                .ifPresent(token -> assertThat(token.isPresent()).isEqualTo(parameters.namesActor())));
    }
}
