package dev.keycloakmcp.itest.demo;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.PrintStream;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the walk on a console, and keeps what was checked for the table at the end. */
public final class Narrator {

    /**
     * One thing that had to be so.
     *
     * @param step number of the step
     * @param what what had to happen, in words
     * @param got what happened
     * @param ok whether that is it
     */
    public record Check(String step, String what, String got, boolean ok) {}

    private static final int WIDTH = 100;
    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String CYAN = "36";

    private final PrintStream out;
    private final boolean colour;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> chapters = new ArrayList<>();
    private int step;

    public Narrator(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    /** From now on that id is followed by its name. */
    void name(String id, String name) {
        names.put(id, name);
    }

    void chapter(String title, String... explanation) {
        String numbered = (chapters.size() + 1) + ". " + title;
        chapters.add(numbered);
        step = 0;
        heading(numbered, explanation);
    }

    void step(String title, String... explanation) {
        step++;
        out.println();
        out.println(paint(BOLD, number() + " " + title));
        for (String line : explanation) {
            out.println("    " + line);
        }
    }

    /** What goes over the wire, in one line. */
    void request(String line) {
        out.println(paint(CYAN, "    -> " + line));
    }

    /** What comes back, in one line. */
    void response(String line) {
        out.println(paint(CYAN, "    <- " + line));
    }

    /** Shows what is in a token. */
    void token(String label, String token) {
        out.println(paint(DIM, "       " + label));
        SignedJWT jwt = parse(token);
        Map<String, Object> claims = claims(token);
        field("typ", String.valueOf(jwt.getHeader().getType()));
        for (String claim : List.of("aud", "scope", "sub", "act", "azp")) {
            Object value = claims.get(claim);
            field(claim, claim.equals("act") ? chain(value) : named(String.valueOf(value == null ? "-" : value)));
        }
        if (claims.get("exp") instanceof Number exp && claims.get("iat") instanceof Number iat) {
            field("exp", (exp.longValue() - iat.longValue()) + " s after it was issued");
        }
    }

    private void field(String name, String value) {
        out.println(paint(DIM, String.format("         %-6s %s", name, value)));
    }

    /** Records whether something is as it had to be. */
    boolean check(String what, Object got, boolean ok) {
        String shown = named(String.valueOf(got));
        checks.add(new Check(number(), what, shown, ok));
        out.println(paint(ok ? GREEN : RED, "    " + (ok ? "[ ok ] " : "[FAIL] ") + what)
                + (ok ? "" : System.lineSeparator() + "           got: " + shown));
        return ok;
    }

    /** All that was checked so far. */
    public List<Check> checks() {
        return List.copyOf(checks);
    }

    /** Whether everything was as it had to be, and anything was. */
    public boolean succeeded() {
        return !checks.isEmpty() && checks.stream().allMatch(Check::ok);
    }

    void summary() {
        heading("Summary");
        for (String title : chapters) {
            out.println(paint(BOLD, title));
            String number = title.substring(0, title.indexOf('.') + 1);
            for (Check check : checks) {
                if (check.step().startsWith(number)) {
                    String line = String.format("  %-6s%-6s%s", check.step(), check.ok() ? "ok" : "FAIL", check.what());
                    out.println(paint(check.ok() ? GREEN : RED, line));
                }
            }
        }
        long failed = checks.stream().filter(check -> !check.ok()).count();
        out.println(paint(BOLD, "-".repeat(WIDTH)));
        out.println(paint(
                succeeded() ? GREEN : RED,
                checks.size() + " checks, " + (failed == 0 ? "all ok" : failed + " failed")));
    }

    private void heading(String title, String... explanation) {
        out.println();
        out.println(paint(BOLD, "=".repeat(WIDTH)));
        out.println(paint(BOLD, title));
        for (String line : explanation) {
            out.println("   " + line);
        }
        out.println(paint(BOLD, "=".repeat(WIDTH)));
    }

    /** A line of no particular weight, such as progress. */
    void say(String line) {
        out.println(line);
    }

    static Map<String, Object> claims(String token) {
        try {
            JWTClaimsSet claims = parse(token).getJWTClaimsSet();
            return claims.toJSONObject();
        } catch (ParseException e) {
            throw new IllegalArgumentException("Not a JWT: " + token, e);
        }
    }

    private static SignedJWT parse(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new IllegalArgumentException("Not a JWT: " + token, e);
        }
    }

    private String chain(@Nullable Object act) {
        List<String> actors = new Caller("", act == null ? Map.of() : Map.of("act", act)).actors();
        return actors.isEmpty() ? "-" : named(String.join(", and before it ", actors));
    }

    private String named(String text) {
        String result = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            result = result.replace(name.getKey(), name.getKey() + " (" + name.getValue() + ")");
        }
        return result;
    }

    private String number() {
        return chapters.size() + "." + step;
    }

    private String paint(String code, String text) {
        return colour ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }
}
