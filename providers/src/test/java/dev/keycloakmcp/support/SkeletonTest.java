package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.SpoofChecker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The data are those of ICU, which knows the tables of Unicode. {@code -Ddata.write=true} writes them. */
class SkeletonTest {

    private static final Path DATA = Path.of("src/main/resources/dev/keycloakmcp/support", Skeleton.DATA);

    private static final SpoofChecker ICU =
            new SpoofChecker.Builder().setChecks(SpoofChecker.CONFUSABLE).build();

    @SuppressWarnings("deprecation") // the type is a leftover, which ICU does not read
    private static String icu(String text) {
        return ICU.getSkeleton(0, text);
    }

    private static Stream<String> characters() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .mapToObj(Character::toString);
    }

    @Test
    void the_data_are_in_the_order_in_which_they_are_written() throws IOException {
        if (Boolean.getBoolean("data.write")) {
            Files.write(DATA, written());
        }
        assertThat(Files.readAllLines(DATA)).isEqualTo(written());
    }

    private static List<String> written() throws IOException {
        Stream<String> notice = Files.readAllLines(DATA).stream().filter(line -> line.indexOf('\t') < 0);
        Map<String, StringBuilder> byPrototype = new TreeMap<>();
        characters()
                .filter(c -> Normalizer.isNormalized(c, Normalizer.Form.NFD))
                .filter(c -> !icu(c).equals(c))
                .forEach(c -> byPrototype
                        .computeIfAbsent(icu(c), first -> new StringBuilder())
                        .append(c));
        Stream<String> data = byPrototype.entrySet().stream().map(entry -> entry.getKey() + '\t' + entry.getValue());
        return Stream.concat(notice, data).toList();
    }

    @Test
    void every_character_has_the_skeleton_that_icu_knows() {
        assertThat(characters().filter(c -> !Skeleton.of(c).equals(icu(c)))).isEmpty();
    }

    @Test
    void texts_have_too() {
        assertThat(List.of("Googⅼe", "Googl℮", "ꓖꓳꓳꓖꓡꓰ", "Café Zürich", "ІВМ", "𝟏𝟚𝟛", "Ελληνικά", "", "Ω"))
                .allSatisfy(text -> assertThat(Skeleton.of(text)).isEqualTo(icu(text)));
        assertThat(Skeleton.of("Googⅼe")).isEqualTo("Google");
    }
}
