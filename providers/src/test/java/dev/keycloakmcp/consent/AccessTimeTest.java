package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AccessTimeTest {

    private static final AccessTime DAY = AccessTime.online(86_400);
    private static final AccessTime WEEK_OFFLINE = AccessTime.offline(3600, OptionalLong.of(604_800));
    private static final AccessTime FOREVER = AccessTime.offline(3600, OptionalLong.empty());

    private static AllowedTime allowed(AccessTime... times) {
        AllowedTime allowed = AllowedTime.NONE;
        for (AccessTime time : times) {
            allowed = allowed.with(time);
        }
        return allowed;
    }

    @Test
    void as_long_or_shorter_is_covered() {
        assertThat(allowed(DAY).covers(DAY)).isTrue();
        assertThat(allowed(DAY).covers(AccessTime.online(60))).isTrue();
        assertThat(allowed(DAY).covers(AccessTime.online(86_401))).isFalse();
        assertThat(AllowedTime.NONE.covers(AccessTime.online(1))).isFalse();
    }

    @Test
    void access_after_the_session_is_another_kind() {
        assertThat(allowed(AccessTime.online(Integer.MAX_VALUE)).covers(WEEK_OFFLINE))
                .isFalse();
        assertThat(allowed(WEEK_OFFLINE).covers(DAY)).isTrue();
        assertThat(allowed(WEEK_OFFLINE).covers(AccessTime.online(604_801))).isFalse();
    }

    @Test
    void two_answers_do_not_add_up() {
        AllowedTime both = allowed(AccessTime.online(5_000_000), WEEK_OFFLINE);
        assertThat(both.covers(AccessTime.online(5_000_000))).isTrue();
        assertThat(both.covers(AccessTime.offline(3600, OptionalLong.of(604_801))))
                .isFalse();
        assertThat(allowed(WEEK_OFFLINE, DAY)).isEqualTo(allowed(DAY, WEEK_OFFLINE));
    }

    @Test
    void without_an_end_is_longest_and_goes_by_its_idle_time() {
        assertThat(allowed(AccessTime.offline(1, OptionalLong.of(Integer.MAX_VALUE)))
                        .covers(FOREVER))
                .isFalse();
        assertThat(allowed(FOREVER).covers(AccessTime.offline(9_999, OptionalLong.of(Integer.MAX_VALUE))))
                .isTrue();
        assertThat(allowed(FOREVER).covers(AccessTime.offline(3601, OptionalLong.empty())))
                .isFalse();
        assertThat(allowed(FOREVER).covers(AccessTime.offline(60, OptionalLong.empty())))
                .isTrue();
    }
}
