package dev.keycloakmcp.itest.delegation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.oauth.Jwt;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.function.UnaryOperator;

/** Makes tokens that the realm did not. */
final class Forger {

    private Forger() {}

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String part(String token, int index) {
        return token.split("\\.")[index];
    }

    static String unsigned(String token) {
        return encode("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + part(token, 1) + ".";
    }

    static String stripped(String token) {
        return part(token, 0) + "." + part(token, 1) + ".";
    }

    static String withSignatureOf(String token, String other) {
        return part(token, 0) + "." + part(token, 1) + "." + part(other, 2);
    }

    static String altered(String token, UnaryOperator<String> claims) {
        String payload = new String(Base64.getUrlDecoder().decode(part(token, 1)), StandardCharsets.UTF_8);
        return part(token, 0) + "." + encode(claims.apply(payload)) + "." + part(token, 2);
    }

    static String withHeader(String token, String header) {
        return encode(header) + "." + part(token, 1) + "." + part(token, 2);
    }

    /** The same claims, signed by a key of the forger under the realm's key id. */
    static String resigned(String token) throws JOSEException, ParseException {
        RSAKey key = new RSAKeyGenerator(2048).generate();
        String kid = Jwt.decode(token).header().path("kid").asText();
        return sign(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build(), token, key);
    }

    /** The same claims, signed by a key that the token itself brings along. */
    static String withItsOwnKey(String token) throws JOSEException, ParseException {
        RSAKey key = new RSAKeyGenerator(2048).keyID("mine").generate();
        return sign(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("mine")
                        .jwk(key.toPublicJWK())
                        .jwkURL(URI.create("https://attacker.example/jwks"))
                        .build(),
                token,
                key);
    }

    /** The realm's public key used as a shared secret. */
    static String confused(String token, String publicKey) throws JOSEException, ParseException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(Jwt.decode(token).header().path("kid").asText())
                        .build(),
                JWTClaimsSet.parse(Jwt.decode(token).claims().toString()));
        jwt.sign(new MACSigner(publicKey.getBytes(StandardCharsets.UTF_8)));
        return jwt.serialize();
    }

    private static String sign(JWSHeader header, String token, RSAKey key) throws JOSEException, ParseException {
        SignedJWT jwt = new SignedJWT(
                header, JWTClaimsSet.parse(Jwt.decode(token).claims().toString()));
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }
}
