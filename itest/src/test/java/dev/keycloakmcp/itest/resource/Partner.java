package dev.keycloakmcp.itest.resource;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.server.TestRealm;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/**
 * An issuer whose assertions (RFC 7523) a realm takes for one of its users.
 *
 * @param realm that takes them
 * @param key that they are signed with
 */
record Partner(TestRealm realm, RSAKey key) {

    static final String ALIAS = "partner";

    private static final String ISSUER = "https://partner.example.com";
    private static final String SUBJECT = "user-of-the-partner";

    /** Makes a realm trust a new issuer. */
    static Partner of(TestRealm realm, String username) throws JOSEException {
        Partner partner = new Partner(realm, new RSAKeyGenerator(2048).generate());
        IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
        provider.setAlias(ALIAS);
        provider.setProviderId("jwt-authorization-grant");
        provider.setEnabled(true);
        provider.setConfig(new HashMap<>(Map.of(
                "issuer",
                ISSUER,
                "publicKeySignatureVerifier",
                Base64.getEncoder().encodeToString(partner.key.toPublicKey().getEncoded()),
                "jwtAuthorizationGrantEnabled",
                "true")));
        realm.admin().identityProviders().create(provider).close();
        FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
        link.setIdentityProvider(ALIAS);
        link.setUserId(SUBJECT);
        link.setUserName(username);
        realm.admin()
                .users()
                .get(realm.userId(username))
                .addFederatedIdentity(ALIAS, link)
                .close();
        return partner;
    }

    /** An assertion for the user, made now. */
    String assertion() {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .subject(SUBJECT)
                        .audience(realm.issuer().toString())
                        .jwtID(UUID.randomUUID().toString())
                        .issueTime(Date.from(Instant.now()))
                        .expirationTime(Date.from(Instant.now().plusSeconds(120)))
                        .build());
        try {
            jwt.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }
}
