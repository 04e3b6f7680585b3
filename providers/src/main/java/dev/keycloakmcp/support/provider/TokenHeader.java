package dev.keycloakmcp.support.provider;

import org.keycloak.jose.jws.JWSHeader;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;

/** The JOSE header of a token that a request holds. */
public final class TokenHeader {

    private TokenHeader() {}

    /**
     * True for a JWT that does not say by which algorithm it is signed: Keycloak takes that for granted where it verifies
     * bearer tokens, and fails. What is no JWT at all it refuses itself.
     */
    public static boolean lacksAlgorithm(String encoded) {
        try {
            JWSHeader header = new JWSInput(encoded).getHeader();
            return header == null || header.getAlgorithm() == null;
        } catch (JWSInputException e) {
            return false;
        }
    }
}
