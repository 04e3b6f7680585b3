package dev.keycloakmcp.audit.provider;

import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;

/** Notes the events of a request for its rows. It neither writes nor queries: a failure here would be swallowed. */
record AuditEventListener(KeycloakSession session) implements EventListenerProvider {

    @Override
    public void onEvent(Event event) {
        AuditedRequest.of(session).happened(event);
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {}

    @Override
    public void close() {}
}
