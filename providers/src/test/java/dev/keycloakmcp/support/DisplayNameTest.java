package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisplayNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Claude",
                "Visual Studio Code",
                "Café Zürich",
                "Яндекс Диск",
                "Google ドライブ",
                "東京カメラ",
                "한국어 앱",
                "مثال",
                "Ελληνικά",
                "C3-PO (beta) [2]",
                "Rock & Roll",
                "👩\u200d💻 Dev",
                "❤\uFE0F Cards",
                "1\uFE0F\u20E3 First",
                "क्\u200Dष",
                "Москва GitHub",
                "Kærlighed",
                "Cœur & Ørsted",
                "Kırmızı ırmak",
                "Łódź Straße",
                "Tiếng Việt",
                "Acme™ Notes",
                "№ 1",
                "A ∪ B",
                "Rev² ½ µ",
                "2 × 3",
                "تطبيق ٣",
                "هاها",
                "עברית",
                "सारथी २",
                "Հայերեն",
                "ქართული",
                "กานพลู",
                "🇩🇪 Steuer",
                "🆕 Notes",
                "→ Next •",
                "a",
                "А",
            })
    void ordinary_names_stay_as_they_are(String name) {
        assertThat(DisplayName.of(name)).isEqualTo(new DisplayName(name, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Gооgle Drive", // Cyrillic о
                "Gοogle", // Greek ο
                "ІВМ", // all Cyrillic, looks like IBM
                "Τesla", // Greek Τ
                "Ｇｏｏｇｌｅ", // full width
                "𝐆𝐨𝐨𝐠𝐥𝐞", // mathematical
                "Сосо", // Cyrillic only, every letter passes for a Latin one
                "оо",
                "ɡoogle", // phonetic g
                "ɢᴏᴏɢʟᴇ", // small capitals
                "Googⅼe", // a Roman numeral
                "Googl℮", // the estimated sign
                "Ⓖⓞⓞⓖⓛⓔ", // circled
                "Ⓖoogle",
                "🅖🅞🅞🅖🅛🅔", // on black circles
                "🄶🄾🄾🄶🄻🄴", // squared
                "🅶🅾🅾🅶🅻🅴", // on black squares
                "⒢⒪⒪⒢⒧⒠", // parenthesized
                "🇬🇴🇴🇬🇱🇪", // the letters of flags
                "ꓖꓳꓳꓖꓡꓰ", // Lisu
                "ꓖoogle",
                "Ⲟⲣⲉⲛ", // Coptic
                "ⲞⲢⲈⲚ",
                "ᏀᎾᎾᏀᏞᎬ", // Cherokee
                "𐐠𐐬𐐬𐐠", // Deseret
                "𐊢𐊒𐊒𐊢", // Carian
                "Office 𝟑𝟔𝟓", // mathematical digits
                "Office 𝟹𝟼𝟻",
                "Office ③⑥⑤",
                "Office ❸❻❺",
                "Office ３６５",
                "ℂlaude", // double-struck
                "𝒢oogle",
                "Gᵒᵒgle", // superscript
                "ſlack", // a long s
                "ﬁle", // a ligature
                "Slaсk", // Cyrillic с
                "Micrօsoft", // Armenian օ
            })
    void imitations_are_told(String name) {
        assertThat(DisplayName.of(name).suspicious()).isTrue();
        assertThat(DisplayName.of(name).text()).as("shown as it is").isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Goo\u200Bgle", // zero-width space
                "\u202EevirD elgooG", // right-to-left override
                "Google\u2066 Drive", // isolate
                "Google\u00AD", // soft hyphen
                "Google\uFEFF",
                "\u0000Google",
                "Goog\u0085\u0007le",
                "\uE000pple", // private use
                "\uD800Google", // half of a pair
                "Google\u3164", // Hangul filler
                "Google\uFFA0",
                "Google\u115F",
                "Google\u1160",
                "Google\u2800", // Braille blank
                "Google\uDBFF\uDFFF", // unassigned
                "Google\u061C",
                "Goo\u200Dgle", // joiner between letters that do not join
                "Goo\uFE0Fgle", // variation selector of a letter that has no other form
                "\u200DGoogle",
                "Goo\u034Fgle", // grapheme joiner
            })
    void hidden_characters_become_visible(String name) {
        DisplayName shown = DisplayName.of(name);
        assertThat(shown.suspicious()).isTrue();
        assertThat(shown.text()).contains(String.valueOf(DisplayName.REPLACEMENT));
        assertThat(shown.text().codePoints())
                .allMatch(c -> c == '�' || Character.isLetter(c) || c == ' ' || c == 0x200d);
    }

    @Test
    void lines_become_one_and_runs_of_spaces_one_space() {
        assertThat(DisplayName.of("  Google\r\n\t Drive\u2028\u00a0 2 "))
                .isEqualTo(new DisplayName("Google Drive 2", false));
    }

    @Test
    void towers_of_marks_are_cut() {
        assertThat(DisplayName.of("Z\u0341\u0342\u0343\u0344\u0352a\u0302\u0303"))
                .isEqualTo(DisplayName.of("Z\u0341\u0342\u0343\u0344\u0352a\u0302\u0303"))
                .matches(DisplayName::suspicious)
                .extracting(DisplayName::text)
                .asString()
                .hasSizeLessThanOrEqualTo(6);
        assertThat(DisplayName.of("q\u0302\u0303").suspicious()).isFalse();
        assertThat(DisplayName.of("q\u0302\u0303\u0304").suspicious()).isTrue();
    }

    @Test
    void long_names_end_with_an_ellipsis() {
        String longest = "x".repeat(DisplayName.MAX_LENGTH);
        assertThat(DisplayName.of(longest)).isEqualTo(new DisplayName(longest, false));
        assertThat(DisplayName.of(longest + "y")).isEqualTo(new DisplayName(longest + "…", false));
    }

    @Property
    void whatever_comes_is_one_short_line_without_invisible_characters(@ForAll @StringLength(max = 300) String name) {
        String text = DisplayName.of(name).text();
        assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(DisplayName.MAX_LENGTH + 1);
        assertThat(text.codePoints()).noneMatch(Character::isISOControl).noneMatch(c -> c >= 0x202a && c <= 0x202e);
        assertThat(text.lines().count()).isLessThanOrEqualTo(1);
    }
}
