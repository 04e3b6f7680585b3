package dev.keycloakmcp.linkage;

import java.util.Optional;

/**
 * A method of ours that takes the place of one of others. If theirs is renamed, nobody calls ours any more and nothing
 * fails, which is why the build writes down all of them.
 *
 * @param user the class of ours
 * @param method of it
 */
public record Overriding(String user, Member method) {

    /** The line that {@link #parse} reads. */
    public String line() {
        return user + " " + method.name() + " " + method.descriptor();
    }

    /** The entry of a line; empty for a line that is none. */
    public static Optional<Overriding> parse(String line) {
        String[] parts = line.split(" ", -1);
        return parts.length == 3
                ? Optional.of(new Overriding(parts[0], new Member(parts[1], parts[2])))
                : Optional.empty();
    }
}
