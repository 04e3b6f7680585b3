package dev.keycloakmcp.policy;

/** The form of a bound token, whichever policy bound it. */
public record TokenForm(AudienceForm audience, Profile profile) {

    /** The form of the {@code aud} claim. */
    public enum AudienceForm {
        /** The server's URI alone. */
        RESOURCE,
        /** The server's URI and its client id. */
        RESOURCE_AND_CLIENT_ID
    }

    /** The profile that a token follows. */
    public enum Profile {
        KEYCLOAK,
        /** JWT access token: the media type {@code at+jwt}, {@code client_id} and {@code sub}. */
        RFC9068
    }

    /** The form of a token that no policy says more about. */
    public static final TokenForm DEFAULT = new TokenForm(AudienceForm.RESOURCE, Profile.RFC9068);

    /** The form that two policies agree on: the shorter audience, and RFC 9068 where either wants it. */
    TokenForm and(TokenForm other) {
        return new TokenForm(
                includesClientId() ? other.audience : AudienceForm.RESOURCE,
                isRfc9068() ? Profile.RFC9068 : other.profile);
    }

    public boolean includesClientId() {
        return audience == AudienceForm.RESOURCE_AND_CLIENT_ID;
    }

    public boolean isRfc9068() {
        return profile == Profile.RFC9068;
    }
}
