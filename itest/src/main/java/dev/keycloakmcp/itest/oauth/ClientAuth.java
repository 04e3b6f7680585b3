package dev.keycloakmcp.itest.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.UUID;

/** How a client says who it is. */
@FunctionalInterface
public interface ClientAuth {

    /** Puts what the method needs into the form or the request, and returns the form to send. */
    Form apply(Form form, HttpRequest.Builder request, URI issuer);

    /** The same from a page of that origin, in a browser. */
    default ClientAuth from(String origin) {
        return (form, request, issuer) -> {
            request.header("Origin", origin);
            return apply(form, request, issuer);
        };
    }

    /** The same, and the token is bound to a key by proof of its possession (RFC 9449). */
    default ClientAuth proving(ECKey key) {
        return (form, request, issuer) -> {
            JWTClaimsSet proof = new JWTClaimsSet.Builder()
                    .jwtID(UUID.randomUUID().toString())
                    .issueTime(Date.from(Instant.now()))
                    .claim("htm", "POST")
                    .claim("htu", issuer + "/protocol/openid-connect/token")
                    .build();
            JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(new JOSEObjectType("dpop+jwt"))
                    .jwk(key.toPublicJWK());
            request.header("DPoP", sign(header, proof, key));
            return apply(form, request, issuer);
        };
    }

    /** A public client, which only names itself. */
    static ClientAuth none(String clientId) {
        return (form, request, issuer) -> form.with("client_id", clientId);
    }

    static ClientAuth post(String clientId, String secret) {
        return (form, request, issuer) -> form.with("client_id", clientId).with("client_secret", secret);
    }

    static ClientAuth basic(String clientId, String secret) {
        String pair = URLEncoder.encode(clientId, StandardCharsets.UTF_8)
                + ":"
                + URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String header = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return (form, request, issuer) -> {
            request.header("Authorization", header);
            return form;
        };
    }

    /** An access token in place of the client's own credentials, as the UMA grant takes it. */
    static ClientAuth bearer(String accessToken) {
        return (form, request, issuer) -> {
            request.header("Authorization", "Bearer " + accessToken);
            return form;
        };
    }

    /** RFC 7523, with the issuer as the audience. */
    static ClientAuth privateKeyJwt(String clientId, JWK key) {
        return privateKeyJwt(clientId, key, Duration.ofSeconds(60));
    }

    static ClientAuth privateKeyJwt(String clientId, JWK key, Duration lifetime) {
        return (form, request, issuer) -> {
            Instant now = Instant.now();
            JWTClaimsSet claims = new JWTClaimsSet.Builder()
                    .issuer(clientId)
                    .subject(clientId)
                    .audience(issuer.toString())
                    .jwtID(UUID.randomUUID().toString())
                    .issueTime(Date.from(now))
                    .expirationTime(Date.from(now.plus(lifetime)))
                    .build();
            return form.with("client_id", clientId)
                    .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    .with(
                            "client_assertion",
                            sign(new JWSHeader.Builder(algorithm(key)).keyID(key.getKeyID()), claims, key));
        };
    }

    private static JWSAlgorithm algorithm(JWK key) {
        return key.getAlgorithm() == null
                ? signer(key).supportedJWSAlgorithms().iterator().next()
                : JWSAlgorithm.parse(key.getAlgorithm().getName());
    }

    private static JWSSigner signer(JWK key) {
        try {
            return new DefaultJWSSignerFactory().createJWSSigner(key);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("This key cannot sign", e);
        }
    }

    private static String sign(JWSHeader.Builder header, JWTClaimsSet claims, JWK key) {
        try {
            SignedJWT jwt = new SignedJWT(header.build(), claims);
            jwt.sign(signer(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalArgumentException("This key cannot sign", e);
        }
    }
}
