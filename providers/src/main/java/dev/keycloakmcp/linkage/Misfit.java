package dev.keycloakmcp.linkage;

/**
 * One thing that would fail at run time, or quietly no longer happen.
 *
 * @param user the class of ours that it happens to
 * @param subject the class or member of others that it is about
 * @param problem what is wrong with it, such as {@code is gone}
 */
public record Misfit(String user, String subject, String problem) implements Comparable<Misfit> {

    @Override
    public int compareTo(Misfit other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return user.replace('/', '.') + ": " + subject + " " + problem;
    }
}
