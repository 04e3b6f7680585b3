package dev.keycloakmcp.audit;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTML with placeholders of the form <code>{{name}}</code>. */
public final class PageTemplate {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-zA-Z]+)}}");

    private PageTemplate() {}

    /**
     * Puts values in, escaped for text and for attributes in quotes.
     *
     * @throws IllegalArgumentException if a placeholder has no value
     */
    public static String fill(String html, Map<String, String> values) {
        Matcher placeholder = PLACEHOLDER.matcher(html);
        StringBuilder filled = new StringBuilder();
        while (placeholder.find()) {
            String value = values.get(placeholder.group(1));
            if (value == null) {
                throw new IllegalArgumentException("No value for " + placeholder.group());
            }
            placeholder.appendReplacement(filled, Matcher.quoteReplacement(escaped(value)));
        }
        return placeholder.appendTail(filled).toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
