package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.EnforcementMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {

    private static final FlagSetting REQUIRED = new FlagSetting("required", false, true);
    private static final FlagSetting ALLOWED = new FlagSetting("allowed", true, false);
    private static final NumberSetting DEPTH = new NumberSetting("depth", 4, 1, 8, 2);
    private static final ChoiceSetting<EnforcementMode> MODE =
            ChoiceSetting.of("mode", EnforcementMode::value, EnforcementMode.REPORT, EnforcementMode.ENFORCE);
    private static final ListSetting NAMES = ListSetting.of("names").orElse(List.of("a", "b"));
    private static final TextSetting WORD = new TextSetting("word", text -> text.matches("[a-z]+"), "has to be a word");
    private static final List<Setting<?>> ALL = List.of(REQUIRED, ALLOWED, DEPTH, MODE, NAMES, WORD);

    /** Whatever JSON or a component may hold. */
    @Provide
    Arbitrary<Object> stored() {
        Arbitrary<Object> single = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).asGeneric(),
                Arbitraries.of(
                                "true",
                                "FALSE",
                                " true ",
                                "ture",
                                "yes",
                                "1",
                                "08",
                                "9",
                                "-1",
                                "4.0",
                                "report",
                                "enforce ",
                                "null")
                        .asGeneric(),
                Arbitraries.integers().asGeneric(),
                Arbitraries.doubles().asGeneric(),
                Arbitraries.of(true, false).asGeneric(),
                Arbitraries.just(Map.of("a", 1)).asGeneric());
        return Arbitraries.oneOf(
                single, single.injectNull(0.2).list().ofMaxSize(3).asGeneric());
    }

    @Property
    void every_value_is_read_and_what_saving_takes_is_read_as_meant(@ForAll("stored") Object stored) {
        assertThat(REQUIRED.read(stored)).isNotNull();
        assertThat(DEPTH.read(stored)).isBetween(1, 8);
        assertThat(MODE.read(stored)).isNotNull();
        assertThat(NAMES.read(stored)).doesNotContainNull().doesNotContain("").doesNotHaveDuplicates();
        if (Setting.text(stored).isPresent()) {
            assertThat(REQUIRED.problem(stored).isEmpty() || REQUIRED.read(stored))
                    .isTrue();
            assertThat(ALLOWED.problem(stored).isEmpty() || !ALLOWED.read(stored))
                    .isTrue();
            assertThat(DEPTH.problem(stored).isEmpty() || DEPTH.read(stored) == 2)
                    .isTrue();
            assertThat(WORD.problem(stored).isEmpty())
                    .isEqualTo(WORD.read(stored).isPresent());
            assertThat(MODE.problem(stored).isEmpty() || MODE.read(stored) == EnforcementMode.ENFORCE)
                    .isTrue();
        } else {
            assertThat(REQUIRED.read(stored)).isFalse();
            assertThat(ALLOWED.read(stored)).isTrue();
            assertThat(DEPTH.read(stored)).isEqualTo(4);
            assertThat(MODE.read(stored)).isEqualTo(EnforcementMode.REPORT);
            assertThat(ALL)
                    .allSatisfy(setting -> assertThat(setting.problem(stored)).isEmpty());
        }
    }

    @Property
    void anything_but_true_and_false_falls_to_the_safe_side(@ForAll String text) {
        Assume.that(
                !text.isBlank() && !Set.of("true", "false").contains(text.trim().toLowerCase(Locale.ROOT)));
        Assume.that(!text.trim().isEmpty());
        assertThat(REQUIRED.read(text)).isTrue();
        assertThat(ALLOWED.read(text)).isFalse();
        assertThat(REQUIRED.problem(text)).contains("'required' has to be true or false, but is '" + text.trim() + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "ture", "on", "1", "null", "true,false", "tru e"})
    void a_misspelt_requirement_is_required(String text) {
        assertThat(REQUIRED.read(text)).isTrue();
        assertThat(REQUIRED.read(List.of(text))).isTrue();
        assertThat(REQUIRED.problem(text)).isPresent();
    }

    @Test
    void a_flag_is_read_as_text_or_as_boolean() {
        for (Object yes : List.of(true, "true", "TRUE ", " True", List.of("true"), List.of(true))) {
            assertThat(REQUIRED.read(yes)).isTrue();
            assertThat(ALLOWED.read(yes)).isTrue();
            assertThat(REQUIRED.problem(yes)).isEmpty();
        }
        for (Object no : List.of(false, "false", "False ", List.of("false"))) {
            assertThat(REQUIRED.read(no)).isFalse();
            assertThat(ALLOWED.read(no)).isFalse();
            assertThat(REQUIRED.problem(no)).isEmpty();
        }
        assertThat(REQUIRED.read(List.of("false", "true")))
                .as("two values are none")
                .isTrue();
        assertThat(REQUIRED.safeText()).contains("true");
        assertThat(ALLOWED.safeText()).contains("false");
    }

    @Test
    void a_text_that_cannot_be_meant_is_none() {
        assertThat(WORD.read(" word ")).contains("word");
        assertThat(WORD.read(List.of("word"))).contains("word");
        assertThat(WORD.read("two words")).isEmpty();
        assertThat(WORD.read(null)).isEmpty();
        assertThat(WORD.problem("two words")).contains("'word' has to be a word, but is 'two words'");
        assertThat(WORD.problem("word")).isEmpty();
        assertThat(WORD.safeText()).isEmpty();
    }

    @Test
    void what_is_not_set_is_the_default() {
        List<Object> unset = new ArrayList<>(List.of("", " \t", List.of(), List.of(" ")));
        unset.add(null);
        unset.add(Arrays.asList((Object) null));
        for (Object nothing : unset) {
            assertThat(Setting.text(nothing)).isEmpty();
            assertThat(ALLOWED.read(nothing)).isTrue();
            assertThat(DEPTH.read(nothing)).isEqualTo(4);
            assertThat(MODE.read(nothing)).isEqualTo(EnforcementMode.REPORT);
        }
    }

    @Test
    void zero_is_said_plainly() {
        NumberSetting days = new NumberSetting("days", 0, 0, NumberSetting.ANY, 1);
        assertThat(days.read("0")).isEqualTo(0);
        assertThat(days.read(0)).isEqualTo(0);
        assertThat(days.read("00")).isEqualTo(1);
        assertThat(days.problem("00")).isPresent();
        assertThat(days.read("07")).isEqualTo(7);
    }

    @Property
    void a_number_counts_within_its_bounds(@ForAll int number) {
        boolean fine = number >= 1 && number <= 8;
        for (Object stored : List.of(number, String.valueOf(number), " " + number + " ", List.of(number))) {
            assertThat(DEPTH.read(stored)).isEqualTo(fine ? number : 2);
            assertThat(DEPTH.problem(stored).isEmpty()).isEqualTo(fine);
        }
    }

    @Property
    void the_bounds_themselves_count(@ForAll @IntRange(max = 1000) int least, @ForAll @IntRange(max = 1000) int range) {
        NumberSetting number = new NumberSetting("n", least, least, least + range, least);
        IntStream.of(least, least + range).forEach(bound -> {
            assertThat(number.read(bound)).isEqualTo(bound);
            assertThat(number.problem(bound)).isEmpty();
        });
        assertThat(number.problem(least + range + 1)).isPresent();
        assertThat(number.problem(least - 1)).isPresent();
    }

    @Test
    void numbers_have_at_most_nine_digits() {
        NumberSetting number = NumberSetting.atLeast(1, "seconds", 300);
        assertThat(number.read("999999999")).isEqualTo(NumberSetting.ANY);
        assertThat(number.read("1000000000")).isEqualTo(300);
        assertThat(number.read("99999999999999999999")).isEqualTo(300);
        assertThat(number.read("0")).isEqualTo(300);
        assertThat(number.read("+5")).isEqualTo(300);
        assertThat(number.read("٣")).isEqualTo(300);
        assertThat(number.safeText()).contains("300");
        assertThat(DEPTH.safeText()).contains("2");
        assertThat(DEPTH.problem("9")).contains("'depth' has to be a whole number from 1 to 8, but is '9'");
    }

    @Test
    void a_choice_is_one_of_its_values() {
        assertThat(MODE.options()).containsExactly("enforce", "report");
        assertThat(MODE.read("report")).isEqualTo(EnforcementMode.REPORT);
        assertThat(MODE.read(" report ")).isEqualTo(EnforcementMode.REPORT);
        assertThat(MODE.read("enforce")).isEqualTo(EnforcementMode.ENFORCE);
        assertThat(MODE.read("Report")).isEqualTo(EnforcementMode.ENFORCE);
        assertThat(MODE.read("reprot")).isEqualTo(EnforcementMode.ENFORCE);
        assertThat(MODE.read(List.of("report", "report"))).isEqualTo(EnforcementMode.ENFORCE);
        assertThat(MODE.safeText()).contains("enforce");
        assertThat(MODE.problem("report")).isEmpty();
        assertThat(MODE.problem("reprot")).contains("'mode' has to be one of [enforce, report], but is 'reprot'");
    }

    @Test
    void a_list_is_one_text_or_several() {
        assertThat(NAMES.read(null)).containsExactly("a", "b");
        assertThat(NAMES.read("")).isEmpty();
        assertThat(NAMES.read(List.of())).isEmpty();
        assertThat(NAMES.read(" x, y\tz##w x")).containsExactly("x", "y", "z", "w");
        assertThat(NAMES.read(Arrays.asList("x y", null, "y", 7))).containsExactly("x", "y", "null", "7");
        assertThat(NAMES.withCommas().read("x,y z##w")).containsExactly("x,y", "z", "w");
        assertThat(NAMES.withCommas().read(null)).containsExactly("a", "b");
        assertThat(NAMES.safeText()).isEmpty();
    }

    @Test
    void a_list_may_be_of_some_names_only() {
        ListSetting shortNames =
                ListSetting.of("short").offering(List.of("x")).where(name -> name.length() == 1, "is not short");
        assertThat(shortNames.options()).containsExactly("x");
        assertThat(shortNames.byDefault()).isEmpty();
        assertThat(shortNames.problem("x y")).isEmpty();
        assertThat(shortNames.problem(List.of("x", "long", "longer"))).contains("'short': 'long' is not short");
        assertThat(shortNames.problem(null)).isEmpty();
        assertThat(ListSetting.of("any").problem("long")).isEmpty();
        assertThat(ListSetting.of("any").read("long")).containsExactly("long");
    }
}
