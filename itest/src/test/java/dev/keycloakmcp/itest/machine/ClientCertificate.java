package dev.keycloakmcp.itest.machine;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A self-signed client certificate, made by the JDK's keytool. */
public record ClientCertificate(byte[] encoded) {

    /** What the tests' proxy hands it on in. */
    public static final String HEADER = "X-Client-Cert";

    private static final String PASSWORD = "changeit";

    public static ClientCertificate create(Path folder, String subject) {
        Path store = folder.resolve(subject.replaceAll("\\W", "") + ".p12");
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "client",
                            "-keyalg",
                            "EC",
                            "-dname",
                            subject,
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            PASSWORD)
                    .inheritIO()
                    .start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool made no certificate");
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            return new ClientCertificate(keys.getCertificate("client").getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
