package dev.keycloakmcp.registration;

/** The difference between a metadata document and an earlier version of it, and its consequences. All of it counts from the next login on. */
public record DocumentChange(boolean name, boolean redirectUris, boolean method, Keys keys) {

    /** The fate of the keys; another name of the same key is no change. */
    public enum Keys {
        SAME,
        /** Keys came or went, and one stayed: who has it let the others in, as in the rotation that every client should do. */
        ROTATED,
        /** None stayed: nobody who was known says that the new ones are the client's. */
        REPLACED
    }

    /** True when people did not say yes to the client as it is now. */
    public boolean asksConsentAgain() {
        return name || redirectUris || endsRefreshTokens();
    }

    /** True when who authenticates now may be another than who got the refresh tokens of before. */
    public boolean endsRefreshTokens() {
        return method || keys == Keys.REPLACED;
    }
}
