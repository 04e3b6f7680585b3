#!/usr/bin/env bash
# Adds the MCP set-up to a realm that exists already: the client scope `mcp-actor`, the client profile
# and client policy `mcp`, the registration policy `mcp-client-registration`, and the audit trail (the event
# listener `mcp-audit`) with the client `mcp-audit-console` that its page signs in with.
#
# Adds what is missing and leaves alone what is there, so running it again changes nothing and keeps
# whatever was tuned in the meantime. Needs the extension in the server, bash, and kcadm.sh of the
# Keycloak distribution, logged in (kcadm.sh config credentials ...).
#
#   usage: apply.sh [--report] [--master] REALM [further kcadm options, such as --config FILE]
#   --report: the executors of the profile refuse nothing, and events say what they would have refused. Only where the
#             profile is added; one that is there keeps its settings.
#   --master: needed for the realm master. Where that realm has the policy and the jars are missing, nobody can log in
#             to administer the server; remove.sh has to run before the jars are removed.
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail

configuration='{}'
report=
master=
while [[ $# -gt 0 ]]; do
  case $1 in
    --report)
      report=yes
      configuration='{ "enforcement": "report" }'
      ;;
    --master) master=yes ;;
    *) break ;;
  esac
  shift
done
if [[ $# -lt 1 || $1 == -* ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
fi
realm=$1
shift
options=("$@")
if [[ $realm == master && -z $master ]]; then
  echo 'apply.sh: not for the realm master without --master: if the jars were missing from the server, nobody could log in' \
    'to administer it' >&2
  exit 2
fi
kcadm=${KCADM:-${KEYCLOAK_HOME:+$KEYCLOAK_HOME/bin/}kcadm.sh}
policy_type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy

# kc VERB PATH [arguments]
kc() {
  local verb=$1 path=$2
  shift 2
  "$kcadm" "$verb" "$path" -r "$realm" "$@" ${options[@]+"${options[@]}"}
}

say() { printf '%-9s %s\n' "$1" "$2"; }

# The id of the realm's client scope of that name; nothing when there is none.
scope_id() { kc get client-scopes --fields id,name --format csv --noquotes | sed -n "s/^\([^,]*\),$1\$/\1/p"; }

id=$(scope_id mcp-actor)
if [[ -n $id ]]; then
  say present 'client scope mcp-actor'
else
  kc create client-scopes -i -b '{
    "name": "mcp-actor",
    "description": "Says in every token who acts for the user (act); never requested, never shown",
    "protocol": "openid-connect",
    "attributes": { "include.in.token.scope": "false", "display.on.consent.screen": "false" },
    "protocolMappers": [ {
      "name": "actor", "protocol": "openid-connect", "protocolMapper": "oidc-mcp-actor-mapper",
      "config": { "access.token.claim": "true", "introspection.token.claim": "true" }
    } ]
  }' >/dev/null
  kc update "default-default-client-scopes/$(scope_id mcp-actor)" -n -b '{}'
  say added 'client scope mcp-actor, a default of clients created from now on'
fi

profiles=$(kc get client-policies/profiles --fields 'profiles(name)')
if grep -q '"name" : "mcp"' <<<"$profiles"; then
  say present "client profile mcp${report:+, which keeps its settings}"
else
  kc update client-policies/profiles -m -s 'profiles+={
    "name": "mcp",
    "description": "Tokens for one MCP server at a time; strict machine tokens; delegation that says who acts",
    "executors": [
      { "executor": "mcp-resource-indicator", "configuration": '"$configuration"' },
      { "executor": "mcp-client-credentials", "configuration": '"$configuration"' },
      { "executor": "mcp-delegation", "configuration": '"$configuration"' }
    ]
  }'
  say added "client profile mcp${report:+, to report only}"
fi

policies=$(kc get client-policies/policies --fields 'policies(name)')
if grep -q '"name" : "mcp"' <<<"$policies"; then
  say present 'client policy mcp'
else
  kc update client-policies/policies -m -s 'policies+={
    "name": "mcp",
    "description": "MCP servers, MCP clients and agents; other clients are not bound",
    "enabled": true,
    "conditions": [ { "condition": "mcp-client", "configuration": {} } ],
    "profiles": [ "mcp" ]
  }'
  say added 'client policy mcp'
fi

components=$(kc get components -q "type=$policy_type" --fields providerId,subType --format csv --noquotes)
for kind in anonymous authenticated; do
  if grep -qx "mcp-client-registration,$kind" <<<"$components"; then
    say present "registration policy mcp-client-registration ($kind)"
  else
    kc create components -i -s name='MCP Client Registration' -s providerId=mcp-client-registration \
      -s "providerType=$policy_type" -s "subType=$kind" >/dev/null
    say added "registration policy mcp-client-registration ($kind)"
  fi
done

listeners=$(kc get events/config --fields eventsListeners)
if grep -q '"mcp-audit"' <<<"$listeners"; then
  say present 'event listener mcp-audit'
else
  kc update events/config -m -s 'eventsListeners+=mcp-audit'
  say added 'event listener mcp-audit'
fi

# The uuid of the realm's client of that client id; nothing when there is none.
client_uuid() { kc get clients -q "clientId=$1" --fields id --format csv --noquotes; }

if [[ -n $(client_uuid mcp-audit-console) ]]; then
  say present 'client mcp-audit-console'
else
  path=/realms/$realm/mcp-audit/
  kc create clients -i -b '{
    "clientId": "mcp-audit-console",
    "name": "Agent audit",
    "description": "Sign-in of the audit page, by authorization code with PKCE",
    "rootUrl": "${authBaseUrl}",
    "baseUrl": "'"$path"'",
    "redirectUris": [ "'"$path"'" ],
    "webOrigins": [ "+" ],
    "publicClient": true,
    "standardFlowEnabled": true,
    "directAccessGrantsEnabled": false,
    "fullScopeAllowed": false,
    "defaultClientScopes": [ "basic", "profile", "roles", "web-origins" ],
    "optionalClientScopes": [],
    "attributes": { "pkce.code.challenge.method": "S256" }
  }' >/dev/null
  management=realm-management
  [[ $realm == master ]] && management=master-realm
  uuid=$(client_uuid "$management")
  roles=$(kc get "clients/$uuid/roles/view-events"),$(kc get "clients/$uuid/roles/manage-clients")
  kc create "clients/$(client_uuid mcp-audit-console)/scope-mappings/clients/$uuid" -b "[$roles]" >/dev/null
  say added 'client mcp-audit-console'
fi
