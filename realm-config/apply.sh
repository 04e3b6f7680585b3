#!/usr/bin/env bash
# Adds the MCP set-up to a realm that exists already: the client scope `mcp-actor`, the client profile
# and client policy `mcp`, the registration policy `mcp-client-registration`, the audit trail (the event
# listener `mcp-audit`) with the client `mcp-audit-console` that its page signs in with, and the login theme `mcp`
# unless one is set.
#
# Adds what is missing and leaves alone what is there, so running it again changes nothing and keeps
# whatever was tuned in the meantime. The server does it, all of it or nothing: `PUT /admin/realms/{realm}/mcp/setup`.
# Needs the extension in the server, bash, and kcadm.sh of the Keycloak distribution, logged in (kcadm.sh config
# credentials ...).
#
#   usage: apply.sh [--report | --enforce] [--dry-run] [--master] REALM [further kcadm options, such as --config FILE]
#   usage: apply.sh [--dry-run] REALM VERB [arguments] [further kcadm options]
#   --report:  the executors of the profile refuse nothing, and events say what they would have refused. A profile that is
#              there changes too, in nothing but that. The realm saves the events that would-deny reads.
#   --enforce: the executors of the profile refuse, which they do by default where the profile is added
#   --dry-run: says what would change, and changes nothing
#   --master:  needed for the realm master, where a mistake in the policies can lock out all administrators of the server
#
#   status
#       what of the set-up is there, the MCP servers and agents, the suspended clients, and what the doctor finds
#   add-server URI --client-id ID --scopes "A B" [--scope-text A="words of the consent page"] ...
#       makes a client an MCP server, with the client scopes that are missing
#   add-agent ID --server URI --scopes "A" --auth private_key_jwt [--jwks-url URL | --generate-key FILE]
#   add-agent ID --server URI --scopes "A" --auth client_secret_basic
#       makes a client an agent that may ask for these scopes of the server. FILE is made unless it is there; the private
#       key stays in it, and the server gets the public one. A secret that is made is printed once.
#   assertion ID --key FILE
#       prints a signed client assertion (private_key_jwt) of a minute, to try the agent with
#   remove-server ID, remove-agent ID
#       removes the client, and the client scopes that nobody has
#
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
#   Keys are made and used with the Java of kcadm.sh, which has to have the module jdk.compiler.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

enforcement=
dry=
master=
while [[ $# -gt 0 ]]; do
  case $1 in
    --report | --enforce)
      [[ -z $enforcement || $enforcement == "${1#--}" ]] || usage
      enforcement=${1#--}
      ;;
    --dry-run) dry=yes ;;
    --master) master=yes ;;
    *) break ;;
  esac
  shift
done
[[ $# -gt 0 && $1 != -* ]] || usage
realm=$1
shift
verb=
if [[ $# -gt 0 && $1 != -* ]]; then
  verb=$1
  shift
  [[ -z $enforcement ]] || usage
fi

subject=
client_id=
server=
scopes=
texts=
method=
jwks_url=
key=
case $verb in
  '' | status) ;;
  add-server | add-agent | assertion | remove-server | remove-agent)
    [[ $# -gt 0 && $1 != -* ]] || usage
    subject=$1
    shift
    ;;
  *) usage ;;
esac
while [[ $# -gt 0 ]]; do
  case $verb:$1 in
    add-server:--client-id) client_id=${2-} ;;
    add-server:--scopes | add-agent:--scopes) scopes=${2-} ;;
    add-server:--scope-text)
      [[ ${2-} == *=* ]] || usage
      texts+=${texts:+,}$(json "${2%%=*}"):$(json "${2#*=}")
      ;;
    add-agent:--server) server=${2-} ;;
    add-agent:--auth) method=${2-} ;;
    add-agent:--jwks-url) jwks_url=${2-} ;;
    add-agent:--generate-key | assertion:--key) key=${2-} ;;
    *) break ;;
  esac
  [[ -n ${2-} ]] || usage
  shift 2
done
take "$realm" "$@"

arguments=()
if [[ -n $dry && $verb != status && $verb != assertion ]]; then
  echo 'Nothing is changed. Without --dry-run:'
  arguments+=(-q dry-run=true)
fi

# put PATH BODY: has the server carry it out.
put() { call update "$1" --no-merge --body "$2" ${arguments[@]+"${arguments[@]}"}; }

case $verb in
  '')
    if [[ $realm == master && -z $master ]]; then
      echo 'apply.sh: not for the realm master without --master: a mistake in its policies can lock out all administrators' >&2
      exit 2
    fi
    put mcp/setup "{${enforcement:+ \"enforcement\": \"$enforcement\" }}"
    ;;
  status) call get mcp/setup/overview ;;
  add-server)
    [[ -n $client_id && -n $scopes ]] || usage
    put "mcp/servers/$(encode "$client_id")" \
      "{\"resource\":$(json "$subject"),\"scopes\":$(json_words "$scopes"),\"scopeTexts\":{$texts}}"
    ;;
  add-agent)
    [[ -n $server && -n $scopes && -n $method && (-z $jwks_url || -z $key) ]] || usage
    keys=
    [[ -z $jwks_url ]] || keys=",\"jwksUri\":$(json "$jwks_url")"
    if [[ -n $key ]]; then
      known=
      [[ ! -e $key ]] || known=yes
      keys=",\"jwks\":$(run_java ClientKey.java "$([[ -n $dry ]] && echo preview || echo jwks)" "$key")"
      [[ -n $known || -n $dry ]] || echo "added     private key in $key"
    fi
    put "mcp/agents/$(encode "$subject")" \
      "{\"resource\":$(json "$server"),\"scopes\":$(json_words "$scopes"),\"tokenEndpointAuthMethod\":$(json "$method")$keys}"
    ;;
  assertion)
    [[ -n $key ]] || usage
    issuer=$(kc get mcp/setup --fields issuer --format csv --noquotes)
    [[ -n $issuer ]] || { echo "apply.sh: the server does not say its issuer" >&2; exit 1; }
    run_java ClientKey.java assertion "$key" "$subject" "$issuer"
    ;;
  remove-server | remove-agent)
    call delete "mcp/${verb#remove-}s/$(encode "$subject")" ${arguments[@]+"${arguments[@]}"}
    ;;
esac
