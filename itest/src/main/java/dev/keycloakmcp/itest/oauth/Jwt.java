package dev.keycloakmcp.itest.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A token, taken apart. */
public record Jwt(JsonNode header, JsonNode claims) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads without checking anything. */
    public static Jwt decode(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            return new Jwt(
                    JSON.readTree(jwt.getHeader().toString()),
                    JSON.readTree(jwt.getPayload().toString()));
        } catch (ParseException | JsonProcessingException e) {
            throw new IllegalArgumentException("No JWT: " + token, e);
        }
    }

    /** Reads what one of the keys signed. */
    public static Jwt verify(String token, JWKSet keys) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWK key = keys.getKeyByKeyId(jwt.getHeader().getKeyID());
            if (!(key instanceof AsymmetricJWK asymmetric)
                    || !jwt.verify(new DefaultJWSVerifierFactory()
                            .createJWSVerifier(jwt.getHeader(), asymmetric.toPublicKey()))) {
                throw new IllegalArgumentException("Not signed by the issuer: " + token);
            }
            return decode(token);
        } catch (ParseException | JOSEException e) {
            throw new IllegalArgumentException("No JWT: " + token, e);
        }
    }

    /** A claim as text; empty where there is none. */
    public String text(String claim) {
        return claims.path(claim).asText("");
    }

    /** The audiences, one or many. */
    public List<String> audience() {
        JsonNode audience = claims.path("aud");
        if (audience.isTextual()) {
            return List.of(audience.asText());
        }
        return audience.valueStream().map(JsonNode::asText).toList();
    }

    public Set<String> scopes() {
        return text("scope").isBlank()
                ? Set.of()
                : new TreeSet<>(Arrays.asList(text("scope").trim().split("\\s+")));
    }

    public String pretty() {
        return claims.toPrettyString();
    }
}
