package dev.keycloakmcp.itest.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every protected resource does with an access token (RFC 9068, section 4), and all it does: the
 * type is {@code at+jwt}, the signature is the authorization server's, so is the issuer, the audience
 * is the resource itself, and the token is alive.
 */
final class AccessTokenVerifier {

    /** The token is not for this resource; the message says why, for the log of an engineer. */
    static final class RefusedTokenException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedTokenException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    AccessTokenVerifier(URI issuer, URI jwks, URI self) {
        try {
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                    JWSAlgorithm.RS256,
                    JWKSourceBuilder.create(jwks.toURL())
                            .refreshAheadCache(false)
                            .build()));
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                self.toString(),
                new JWTClaimsSet.Builder().issuer(issuer.toString()).build(),
                Set.of("sub", "exp", "iat", "jti", "client_id")));
    }

    Caller verify(String token) throws RefusedTokenException {
        try {
            return new Caller(token, processor.process(token, null).toJSONObject());
        } catch (ParseException | BadJOSEException e) {
            throw new RefusedTokenException(String.valueOf(e.getMessage()), e);
        } catch (JOSEException e) {
            throw new IllegalStateException("Cannot verify tokens", e);
        }
    }
}
