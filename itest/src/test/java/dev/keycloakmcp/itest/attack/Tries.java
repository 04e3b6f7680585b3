package dev.keycloakmcp.itest.attack;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The threats that a test tries. The test is then an attack of {@code docs/reference/attack-list.md}, under its own name.
 *
 * <p>Values are ids of the catalogue, in {@code src/test/resources/attack}, such as {@code RFC9700-4.8}: one file for each source,
 * with the threat and the control in plain words. A threat that is missing there is added there. Put this on tests only that do
 * what an attacker would do, and that fail if the attacker gets it.
 *
 * <p>The name of the method is the name of the attack, so it should say what is tried. Where one method is several tests, each row
 * is an attack, named by its display name without the number; names must not differ from run to run. Their names are in
 * {@code rows.tsv}: {@link RowNames} compares it in each run, and a run with {@code -Ddocs.write=true} writes it.
 *
 * <p>{@code AttackListTest} holds page, catalogue and tests together; with {@code -Ddocs.write=true} it writes the page.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RowNames.class)
public @interface Tries {

    /** The ids of the threats. */
    String[] value();
}
