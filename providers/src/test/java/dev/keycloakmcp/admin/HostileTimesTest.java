package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Times in queries as nobody should write them. */
class HostileTimesTest {

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Property
    void a_time_is_read_or_refused(@ForAll("texts") String text, @ForAll boolean endOfDay) {
        PointInTime.parse(text, endOfDay).ifPresent(time -> assertThat(text).matches("[0-9+-].*"));
    }
}
