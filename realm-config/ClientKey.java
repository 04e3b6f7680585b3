import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;

/**
 * The private key of an agent, for apply.sh. It stays in its file, which is PEM (PKCS #8) that only its owner can read.
 *
 * <p>{@code jwks FILE} prints the public key as a JSON Web Key Set, and makes the key where there is no file. {@code preview
 * FILE} prints the same and writes nothing. {@code assertion FILE CLIENT-ID AUDIENCE} prints a client assertion (RFC 7523).
 */
class ClientKey {

    private static final int BITS = 2048;
    private static final int LIFETIME_SECONDS = 60;

    public static void main(String[] arguments) {
        try {
            Path file = Path.of(arguments[1]);
            System.out.println(
                    switch (arguments[0]) {
                        case "jwks" -> jwks(Files.exists(file) ? read(file) : write(file, generate()));
                        case "preview" -> jwks(Files.exists(file) ? read(file) : generate());
                        default -> assertion(read(file), arguments[2], arguments[3]);
                    });
        } catch (IOException e) {
            System.err.println(arguments[1] + " cannot be read or written: " + e);
            System.exit(1);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            System.err.println(arguments[1] + " holds no private key that can be used: PEM with BEGIN PRIVATE KEY, RSA"
                    + (arguments[0].equals("assertion") ? " or EC" : ""));
            System.exit(1);
        }
    }

    private static PrivateKey generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(BITS);
        return generator.generateKeyPair().getPrivate();
    }

    /** Readable by its owner only from the beginning on. */
    private static PrivateKey write(Path file, PrivateKey key) throws IOException {
        FileAttribute<?>[] owner = FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)
                .close();
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        return key;
    }

    private static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int start = pem.indexOf(begin);
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (start < 0 || end < start) {
            throw new InvalidKeySpecException();
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(start + begin.length(), end));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException e) {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        }
    }

    /** The key id is the thumbprint of the key (RFC 7638). */
    private static String jwks(PrivateKey key) throws GeneralSecurityException {
        if (!(key instanceof RSAPrivateCrtKey)) {
            throw new InvalidKeySpecException();
        }
        RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
        String members = "\"e\":\"" + number(rsa.getPublicExponent()) + "\",\"kty\":\"RSA\",\"n\":\""
                + number(rsa.getModulus()) + "\"";
        byte[] thumbprint =
                MessageDigest.getInstance("SHA-256").digest(("{" + members + "}").getBytes(StandardCharsets.UTF_8));
        return "{\"keys\":[{" + members + ",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"" + base64(thumbprint) + "\"}]}";
    }

    private static String assertion(PrivateKey key, String clientId, String audience) throws GeneralSecurityException {
        int bits = key instanceof ECKey ? ((ECKey) key).getParams().getOrder().bitLength() : 0;
        String hash = bits == 0 || bits == 256 ? "256" : bits == 384 ? "384" : "512";
        long now = Instant.now().getEpochSecond();
        String signed = base64(("{\"alg\":\"" + (bits == 0 ? "RS" : "ES") + hash + "\",\"typ\":\"JWT\"}"))
                + "."
                + base64("{\"iss\":" + text(clientId) + ",\"sub\":" + text(clientId) + ",\"aud\":" + text(audience)
                        + ",\"jti\":\"" + UUID.randomUUID() + "\",\"iat\":" + now + ",\"exp\":"
                        + (now + LIFETIME_SECONDS) + "}");
        Signature signature =
                Signature.getInstance("SHA" + hash + (bits == 0 ? "withRSA" : "withECDSAinP1363Format"));
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64(signature.sign());
    }

    private static String text(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
