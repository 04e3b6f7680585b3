package dev.keycloakmcp.itest.machine;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Checks access tokens as strictly as RFC 9068 section 4 allows, for one MCP server and one scope. */
final class StrictMcpServer {

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final String self;
    private final String scope;

    StrictMcpServer(TestRealm realm, String self, String scope) {
        this.self = self;
        this.scope = scope;
        try {
            JWKSet keys = JWKSet.parse(realm.oauth()
                    .get(URI.create(realm.oauth().metadata().get("jwks_uri").asText()))
                    .body());
            processor.setJWSKeySelector(
                    new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(keys)));
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                self,
                new JWTClaimsSet.Builder().issuer(realm.issuer().toString()).build(),
                Set.of("sub", "exp", "iat", "jti", "client_id", "scope")));
    }

    /** Whether the token is for this server alone, alive, short-lived, and has the scope. */
    boolean accepts(String token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            List<String> scopes = Arrays.asList(claims.getStringClaim("scope").split(" "));
            return claims.getAudience().equals(List.of(self))
                    && claims.getExpirationTime()
                            .toInstant()
                            .isBefore(Instant.now().plusSeconds(301))
                    && scopes.contains(scope);
        } catch (ParseException | BadJOSEException e) {
            return false;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
