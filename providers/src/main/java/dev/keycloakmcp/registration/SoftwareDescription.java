package dev.keycloakmcp.registration;

import java.util.List;
import java.util.Optional;

/**
 * The members of client metadata that describe the software to people (RFC 7591 section 2) and decide nothing.
 *
 * @param applicationType {@code native} or {@code web} (OpenID Connect Dynamic Client Registration section 2)
 * @param clientUri home page; as all links here, an {@link HttpsUrl}
 * @param contacts ways to reach the people responsible
 */
public record SoftwareDescription(
        Optional<String> applicationType,
        Optional<String> clientUri,
        Optional<String> logoUri,
        Optional<String> tosUri,
        Optional<String> policyUri,
        Optional<String> softwareId,
        Optional<String> softwareVersion,
        List<String> contacts) {}
