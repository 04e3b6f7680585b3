package dev.keycloakmcp.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** One short value for a way to act: for whom, through whom, on what. Rows of the same way have the same, no others. */
public final class FlowKey {

    /** Characters of a key. */
    public static final int LENGTH = 43;

    private static final String DIGEST = "SHA-256";

    private FlowKey() {}

    /**
     * The key, by SHA-256 of the parts, each with its length in front or -1 where it is absent.
     *
     * @param parts subject, actors, client and resource, as stored
     */
    public static String of(List<Optional<String>> parts) {
        MessageDigest digest = digest();
        for (Optional<String> part : parts) {
            byte[] bytes =
                    part.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(new byte[0]);
            digest.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(part.isPresent() ? bytes.length : -1)
                    .flip());
            digest.update(bytes);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance(DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + DIGEST, e);
        }
    }
}
