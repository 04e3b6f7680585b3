package dev.keycloakmcp.audit;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values (RFC 4180) that spreadsheets show and never compute: what they would take for a formula is
 * preceded by an apostrophe, as OWASP advises.
 */
final class Csv {

    private static final String FORMULA_STARTS = "=+-@\t\r\n|%";
    private static final String QUOTED = "\",\r\n;\t'";

    private Csv() {}

    /** One line with its end. */
    static String line(List<String> values) {
        return values.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(String value) {
        // Some programs skip blanks before they look for a formula.
        String start = value.stripLeading();
        boolean formula = !start.isEmpty() && isFormulaStart(start.charAt(0))
                || !value.isEmpty() && isFormulaStart(value.charAt(0));
        String harmless = formula ? "'" + value : value;
        boolean quoted = harmless.chars().anyMatch(character -> QUOTED.indexOf(character) >= 0)
                || !harmless.equals(harmless.strip());
        return quoted ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
    }

    /** Also the wide forms that spreadsheets of East Asian locales take for the same. */
    private static boolean isFormulaStart(char character) {
        return FORMULA_STARTS.indexOf(character) >= 0 || "\uFF1D\uFF0B\uFF0D\uFF20".indexOf(character) >= 0;
    }
}
