package dev.keycloakmcp.itest.machine;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.server.SelfSigned;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/** A self-signed client certificate. */
public record ClientCertificate(byte[] encoded) {

    /** What the tests' proxy hands it on in. */
    public static final String HEADER = "X-Client-Cert";

    public static ClientCertificate create(Path folder, String subject) {
        try {
            return new ClientCertificate(SelfSigned.in(folder, subject)
                    .getCertificate(SelfSigned.ALIAS)
                    .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a TLS terminating proxy hands it on. */
    public String header() {
        return Base64.getEncoder().encodeToString(encoded);
    }

    /** A client that connects with it. */
    public ClientAuth over(ClientAuth client) {
        return (form, request, issuer) -> {
            request.header(HEADER, header());
            return client.apply(form, request, issuer);
        };
    }

    /** The confirmation of a token bound to it (RFC 8705 section 3.1). */
    public String thumbprint() {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
