package dev.keycloakmcp.admin;

/**
 * The reason why an administrator's request is not carried out.
 *
 * @param conflict true when the request is well-formed, and the realm as it is does not allow it
 * @param reason stable, for scripts
 * @param text what is wrong and what to change
 */
public record Refusal(boolean conflict, String reason, String text) {

    static Refusal malformed(String reason, String text) {
        return new Refusal(false, reason, text);
    }

    static Refusal conflict(String reason, String text) {
        return new Refusal(true, reason, text);
    }
}
