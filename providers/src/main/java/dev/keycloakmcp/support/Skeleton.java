package dev.keycloakmcp.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;

/**
 * The skeleton of a text (Unicode Technical Standard 39 section 4): two texts that a reader takes for each other have the
 * same.
 *
 * <p>The data of Unicode are the resource {@value #DATA}, 50 kB. The library that knows them as well, ICU4J, has 15 MB, most
 * of it for other purposes, is not in Keycloak's distribution, and would be the only library of the jar. The test compares
 * every character with it, and writes the resource anew from it.
 */
final class Skeleton {

    /** A line for each prototype: it, a tab, and the characters that a reader takes for it. One prototype holds a tab itself. */
    static final String DATA = "confusables.txt";

    private static final Map<Integer, String> PROTOTYPES = load();

    private Skeleton() {}

    static String of(String text) {
        StringBuilder skeleton = new StringBuilder();
        Normalizer.normalize(text, Normalizer.Form.NFD).codePoints().forEach(c -> {
            String prototype = PROTOTYPES.get(c);
            if (prototype == null) {
                skeleton.appendCodePoint(c);
            } else {
                skeleton.append(prototype);
            }
        });
        return Normalizer.normalize(skeleton, Normalizer.Form.NFD);
    }

    private static Map<Integer, String> load() {
        Map<Integer, String> prototypes = new HashMap<>();
        try (InputStream data = Skeleton.class.getResourceAsStream(DATA)) {
            if (data == null) {
                throw new IllegalStateException(DATA + " is missing in the jar");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(data, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int tab = line.lastIndexOf('\t');
                if (tab >= 0) { // others are comments
                    String prototype = line.substring(0, tab);
                    line.substring(tab + 1).codePoints().forEach(c -> prototypes.put(c, prototype));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(prototypes);
    }
}
