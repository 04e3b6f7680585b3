package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates with their keys, made by the JDK's keytool. */
public final class SelfSigned {

    /** The alias of the entry. */
    public static final String ALIAS = "certificate";

    private static final String PASSWORD = "password";

    private SelfSigned() {}

    /**
     * A key store with one entry, {@link #ALIAS}.
     *
     * @param folder where its file is kept
     * @param subject distinguished name
     * @param more arguments of keytool
     */
    public static KeyStore in(Path folder, String subject, String... more) {
        Path file = folder.resolve(subject.replaceAll("\\W", "") + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                subject,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        try {
            Process keytool = new ProcessBuilder(command).inheritIO().start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool made no certificate");
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                keys.load(in, password());
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Of the key store and of its keys. */
    public static char[] password() {
        return PASSWORD.toCharArray();
    }
}
