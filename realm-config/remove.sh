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
# Suspended clients go on as soon as nothing of this extension stops them. So they are named, and nothing is changed, until it
# is said what becomes of them.
#
# Running it again changes nothing. The server does it, all of it or nothing: `DELETE /admin/realms/{realm}/mcp/setup`.
# Needs bash, and kcadm.sh of the Keycloak distribution, logged in (kcadm.sh config credentials ...).
#
# Works without the jars too, step by step, as long as kcadm can log in: not when its realm is the one to be cleaned, and
# an earlier version stored that realm's policies. It then runs ClientPolicies.java and SuspendedClients.java, beside this
# script, with the Java of kcadm.sh, which has to have the module jdk.compiler: a JDK has it, and the JRE of Linux distributions.
#
#   usage: remove.sh [--suspended=disable | --suspended=release] [--dry-run] REALM [further kcadm options, such as --config FILE]
#   --suspended=disable: suspended clients are disabled
#   --suspended=release: their suspension ends
#   --dry-run: says what would change, and changes nothing; with the jars only
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$folder/common.sh"

suspended=
dry=
rest=()
for argument in "$@"; do
  case $argument in
    --suspended=disable | --suspended=release) suspended=${argument#*=} ;;
    --suspended*) usage ;;
    --dry-run) dry=yes ;;
    *) rest+=("$argument") ;;
  esac
done
take ${rest[@]+"${rest[@]}"}
arguments=()
[[ -z $suspended ]] || arguments+=(-q "suspended=$suspended")
if [[ -n $dry ]]; then
  echo 'Nothing is changed. Without --dry-run:'
  arguments+=(-q dry-run=true)
fi
status=0
ask delete mcp/setup ${arguments[@]+"${arguments[@]}"} || status=$?
[[ $status -eq $no_call ]] || exit "$status"
if [[ -n $dry ]]; then
  echo "remove.sh: there is no realm $realm, or the server does not have the extension, which --dry-run needs" >&2
  exit 1
fi

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

# Policies first: they may name only profiles that exist, and while they name a provider that is gone, Keycloak can
# change no client of the realm. Each list is stored at once, as Keycloak takes none with a provider that it does not have.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kc get clients --fields 'id,clientId,enabled,attributes(*)' >"$work/clients"
stopped=$(run_java SuspendedClients.java "$work/clients" ${suspended:+"$suspended"})
if [[ -n $stopped && -z $suspended ]]; then
  while IFS=$'\t' read -r _ client; do
    echo "remove.sh: the client $client is suspended. Nothing stops it now that the jars are gone" >&2
  done <<<"$stopped"
  echo 'remove.sh: say --suspended=disable or --suspended=release; nothing was changed' >&2
  exit 1
fi
kc get client-policies/policies >"$work/policies"
kc get client-policies/profiles >"$work/profiles"
if ! said=$(run_java ClientPolicies.java "$work/policies" "$work/profiles"); then
  echo "remove.sh: cannot read the client policies of realm $realm; nothing was changed" >&2
  exit 1
fi
for kind in policies profiles; do
  [[ ! -e $work/$kind.new ]] || kc update "client-policies/$kind" --file "$work/$kind.new"
done
while IFS=$'\t' read -r id client; do
  case ${id:+$suspended} in
    disable)
      kc update "clients/$id" --set enabled=false </dev/null
      say changed "suspension of client $client: the client is disabled"
      ;;
    release)
      kc update "clients/$id" --set 'attributes."mcp.suspended"=' --set 'attributes."mcp.suspended-at"=' \
        --set 'attributes."mcp.suspended-by"=' </dev/null
      say removed "suspension of client $client"
      ;;
  esac
done <<<"$stopped"
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
