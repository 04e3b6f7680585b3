package dev.keycloakmcp.itest.machine;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client assertion (RFC 7523), right in every respect until a test says otherwise. */
final class Assertion {

    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private final JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder();
    private final Instant now = Instant.now();

    private Assertion(String clientId, String audience) {
        claims.issuer(clientId)
                .subject(clientId)
                .audience(audience)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)));
    }

    static Assertion of(String clientId, Object audience) {
        return new Assertion(clientId, audience.toString());
    }

    Assertion audience(@Nullable String... audience) {
        claims.audience(List.of(audience));
        return this;
    }

    Assertion issued(@Nullable Duration ago) {
        claims.issueTime(ago == null ? null : Date.from(now.minus(ago)));
        return this;
    }

    Assertion expires(@Nullable Duration in) {
        claims.expirationTime(in == null ? null : Date.from(now.plus(in)));
        return this;
    }

    Assertion change(Consumer<JWTClaimsSet.Builder> change) {
        change.accept(claims);
        return this;
    }

    String sign(RSAKey key, JWSAlgorithm algorithm) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims.build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String sign() {
        return sign(MachineRealm.KEY, JWSAlgorithm.RS256);
    }

    /** By a shared secret, as client_secret_jwt does. */
    String mac(byte[] secret) {
        try {
            SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
            jwt.sign(new MACSigner(secret));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the extension's specification sends it: no client_id, the assertion tells. */
    static ClientAuth sent(String assertion) {
        return (form, request, issuer) ->
                form.and(Form.of("client_assertion_type", TYPE).with("client_assertion", assertion));
    }

    ClientAuth auth() {
        return sent(sign());
    }
}
