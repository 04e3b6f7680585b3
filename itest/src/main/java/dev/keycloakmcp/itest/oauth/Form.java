package dev.keycloakmcp.itest.oauth;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parameters in order; a name may occur more than once. */
public record Form(List<Parameter> parameters) {

    private static final Form EMPTY = new Form(List.of());

    /** One name and its value. */
    public record Parameter(String name, String value) {}

    public Form {
        parameters = List.copyOf(parameters);
    }

    public static Form empty() {
        return EMPTY;
    }

    public static Form of(String name, String value) {
        return EMPTY.with(name, value);
    }

    /** The grant by a user's password. */
    public static Form password(String username, String password) {
        return of("grant_type", "password").with("username", username).with("password", password);
    }

    public static Form parse(@Nullable String encoded) {
        Form form = EMPTY;
        if (encoded == null || encoded.isEmpty()) {
            return form;
        }
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            form = equals < 0
                    ? form.with(decode(pair), "")
                    : form.with(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
        return form;
    }

    /** Adds a parameter, also where the name is there already. */
    public Form with(String name, String value) {
        return and(new Form(List.of(new Parameter(name, value))));
    }

    public Form and(Form more) {
        List<Parameter> all = new ArrayList<>(parameters);
        all.addAll(more.parameters);
        return new Form(all);
    }

    public Form without(String name) {
        return new Form(parameters.stream().filter(p -> !p.name().equals(name)).toList());
    }

    public boolean has(String name) {
        return find(name).isPresent();
    }

    public Optional<String> find(String name) {
        return parameters.stream()
                .filter(p -> p.name().equals(name))
                .map(Parameter::value)
                .findFirst();
    }

    /** The first value, which must be there. */
    public String get(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("No " + name + " in " + parameters));
    }

    public String encoded() {
        return parameters.stream()
                .map(p -> encode(p.name()) + "=" + encode(p.value()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
