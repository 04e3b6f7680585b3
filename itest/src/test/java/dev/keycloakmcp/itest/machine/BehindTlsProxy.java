package dev.keycloakmcp.itest.machine;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test against a Keycloak behind a proxy that terminates TLS and hands client certificates on. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@KeycloakTest(
        buildArgs = "--spi-x509cert-lookup--provider=haproxy",
        args = {
            "--spi-x509cert-lookup--haproxy--ssl-client-cert=" + ClientCertificate.HEADER,
            "--spi-x509cert-lookup--haproxy--certificate-chain-length=0",
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.1"
        })
public @interface BehindTlsProxy {}
