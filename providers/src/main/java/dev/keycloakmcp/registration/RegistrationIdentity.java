package dev.keycloakmcp.registration;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The client id of a public client that follows from its metadata, so that registering again, even after the client was
 * removed, gives the same client id.
 */
public final class RegistrationIdentity {

    private final MessageDigest digest;

    private RegistrationIdentity(MessageDigest digest) {
        this.digest = digest;
    }

    /**
     * The client id.
     *
     * @param realm whose client it is, as ids of two realms must not tell that they are the same
     * @param kind anonymous or authenticated
     * @param registration the metadata; order does not count, and the ports of loopback redirects only for browsers
     * @param origin the origin of the browser that registers; what runs at another origin is another client
     * @param attempt counts on while the id is taken by a client that was changed
     */
    public static String clientId(
            String realm, String kind, Registration registration, Optional<String> origin, int attempt) {
        RegistrationIdentity identity = new RegistrationIdentity(sha256());
        identity.add(realm, kind, Integer.toString(attempt), origin.orElse(""));
        identity.add(registration.redirectUris().stream()
                .map(uri -> origin.isPresent() ? uri.registered() : uri.stored())
                .distinct()
                .sorted()
                .toList());
        identity.add(registration.grantTypes());
        identity.add(registration.requestedScopes().stream().sorted().toList());
        identity.add(registration.description().contacts());
        identity.add(registration.authMethod().value(), Boolean.toString(registration.consentRequired()));
        List.of(
                        registration.name(),
                        registration.description().applicationType(),
                        registration.description().clientUri(),
                        registration.description().logoUri(),
                        registration.description().tosUri(),
                        registration.description().policyUri(),
                        registration.description().softwareId(),
                        registration.description().softwareVersion(),
                        registration.keys().jwksUri(),
                        registration.keys().jwks().map(RegistrationIdentity::sorted))
                .forEach(member -> identity.add(member.orElse("")));
        if (registration.dpopBound()) {
            identity.add("dpop_bound_access_tokens"); // only then: clients of before keep their ids
        }
        ByteBuffer hash = ByteBuffer.wrap(identity.digest.digest());
        return new UUID(hash.getLong(), hash.getLong()).toString();
    }

    private void add(List<String> values) {
        add(Integer.toString(values.size()));
        values.forEach(this::add);
    }

    private void add(String... values) {
        for (String value : values) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
    }

    private static String sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, String> members = new TreeMap<>();
            map.forEach((name, member) -> members.put(String.valueOf(name), sorted(member)));
            return members.toString();
        }
        return value instanceof List<?> list
                ? list.stream().map(RegistrationIdentity::sorted).toList().toString()
                : String.valueOf(value);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
