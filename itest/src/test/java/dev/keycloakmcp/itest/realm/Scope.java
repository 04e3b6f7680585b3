package dev.keycloakmcp.itest.realm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** A client scope to add to a realm. */
public final class Scope extends ClientScopeRepresentation {

    private Scope(String name, boolean inToken) {
        setName(name);
        setProtocol("openid-connect");
        setAttributes(new HashMap<>(Map.of("include.in.token.scope", String.valueOf(inToken))));
    }

    /** A scope that tokens name. */
    public static Scope named(String name) {
        return new Scope(name, true);
    }

    /** A scope that tokens do not name, for its mappers. */
    public static Scope hidden(String name, ProtocolMapperRepresentation... mappers) {
        Scope scope = new Scope(name, false);
        scope.setProtocolMappers(List.of(mappers));
        return scope;
    }

    /** People who are asked for consent read this text. */
    public Scope onConsentPage(String text) {
        return attribute("display.on.consent.screen", "true").attribute("consent.screen.text", text);
    }

    public Scope attribute(String name, String value) {
        getAttributes().put(name, value);
        return this;
    }

    public static ProtocolMapperRepresentation mapper(String name, String type, Map<String, String> configuration) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(name);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper(type);
        mapper.setConfig(new HashMap<>(configuration));
        return mapper;
    }
}
