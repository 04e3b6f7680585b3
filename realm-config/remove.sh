#!/usr/bin/env bash
# Takes the MCP set-up out of a realm again: what apply.sh added, and whatever else would need this extension. Run it
# for every realm before the jars leave the server. A realm that still has it works without them, and nothing of it applies.
#
#   - client policies with a condition of this extension (its id begins with mcp-), and the policy `mcp`
#   - executors of this extension; client profiles that hold no others, and the profile `mcp`
#   - the registration policies `mcp-client-registration`, the event listener `mcp-audit`, the client
#     `mcp-audit-console` and the client scope `mcp-actor`
#   - the login theme, where it is `mcp`; the realm has the default one then
#
# Everything else stays as it is: other policies, profiles and listeners, the clients of MCP servers and their scopes,
# and the clients that registered themselves. Those go on as ordinary clients of Keycloak and keep their attribute
# mcp.registration; nobody removes them any more when they are not used. The scopes of MCP servers were never stored with
# them: assign those that they are to keep.
#
# Running it again changes nothing. The server does it, all of it or nothing: `DELETE /admin/realms/{realm}/mcp/setup`.
# Needs bash, and kcadm.sh of the Keycloak distribution, logged in (kcadm.sh config credentials ...).
#
# Works without the jars too, step by step, as long as kcadm can log in: not when its realm is the one to be cleaned, and
# an earlier version stored that realm's policies. It then runs ClientPolicies.java, beside this script, with the Java of kcadm.sh, which has to have the module jdk.compiler:
# a JDK has it, and the JRE of Linux distributions.
#
#   usage: remove.sh REALM [further kcadm options, such as --config FILE]
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$folder/common.sh"

take "$@"
status=0
setup delete || status=$?
[[ $status -eq $no_setup ]] || exit "$status"

# From here on without the extension.

say() { printf '%-9s %s\n' "$1" "$2"; }

# first_where VALUE: of lines of two columns, the first column of those where the second has the value.
first_where() {
  local first second
  while IFS=, read -r first second; do
    [[ $second != "$1" ]] || printf '%s\n' "$first"
  done
}

# values PATH FIELDS [arguments]: these fields of what kcadm gets, a line for each.
values() { kc get "$1" --fields "$2" --format csv --noquotes "${@:3}"; }

# Reads and writes JSON with Java and the parser in kcadm's own jar: wherever kcadm.sh runs, both are there. The image of
# Keycloak has neither jq nor python3.
clean_policies() {
  local bin
  bin=$(dirname "$(readlink -f "$(command -v "$kcadm")")")
  "${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}" -cp "$bin/client/*" "$folder/ClientPolicies.java" "$@"
}

# Policies first: they may name only profiles that exist, and while they name a provider that is gone, Keycloak can
# change no client of the realm. Each list is stored at once, as Keycloak takes none with a provider that it does not have.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kc get client-policies/policies >"$work/policies"
kc get client-policies/profiles >"$work/profiles"
if ! said=$(clean_policies "$work/policies" "$work/profiles"); then
  echo "remove.sh: cannot read the client policies of realm $realm; nothing was changed" >&2
  exit 1
fi
for kind in policies profiles; do
  [[ ! -e $work/$kind.new ]] || kc update "client-policies/$kind" --file "$work/$kind.new"
done
printf '%s\n' "$said"

policies=$(values components id,providerId,subType -q type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy)
found=
while IFS=, read -r id provider kind; do
  [[ $provider == mcp-client-registration ]] || continue
  kc delete "components/$id" </dev/null
  say removed "registration policy mcp-client-registration ($kind)"
  found=yes
done <<<"$policies"
[[ -n $found ]] || say absent 'registration policy mcp-client-registration'

listeners=$(values events/config eventsListeners)
IFS=, read -r -a each <<<"$listeners"
found=
kept=()
for listener in ${each[@]+"${each[@]}"}; do
  if [[ $listener == mcp-audit ]]; then
    found=yes
  else
    kept+=("\"$listener\"")
  fi
done
if [[ -n $found ]]; then
  kc update "realms/$realm" --no-merge --body "{ \"eventsListeners\": [ $(IFS=, && echo "${kept[*]-}") ] }"
  say removed 'event listener mcp-audit'
else
  say absent 'event listener mcp-audit'
fi

# remove WHAT PATH ID: deletes what has the id, if any.
remove() {
  if [[ -n $3 ]]; then
    kc delete "$2/$3"
    say removed "$1"
  else
    say absent "$1"
  fi
}

id=$(values clients id -q clientId=mcp-audit-console)
remove 'client mcp-audit-console' clients "$id"
id=$(values client-scopes id,name | first_where mcp-actor)
remove 'client scope mcp-actor' client-scopes "$id"

theme=$(values "realms/$realm" loginTheme)
if [[ $theme == mcp ]]; then
  kc update "realms/$realm" --no-merge --body '{ "loginTheme": "" }'
  say removed 'login theme mcp'
else
  say absent 'login theme mcp'
fi
