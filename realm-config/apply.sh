#!/usr/bin/env bash
# Adds the MCP set-up to a realm that exists already: the client scope `mcp-actor`, the client profile
# and client policy `mcp`, the registration policy `mcp-client-registration`, and the audit trail (the event
# listener `mcp-audit`) with the client `mcp-audit-console` that its page signs in with.
#
# Adds what is missing and leaves alone what is there, so running it again changes nothing and keeps
# whatever was tuned in the meantime. The server does it, all of it or nothing: `PUT /admin/realms/{realm}/mcp/setup`.
# Needs the extension in the server, bash, and kcadm.sh of the Keycloak distribution, logged in (kcadm.sh config
# credentials ...).
#
#   usage: apply.sh [--report] [--master] REALM [further kcadm options, such as --config FILE]
#   --report: the executors of the profile refuse nothing, and events say what they would have refused. Only where the
#             profile is added; one that is there keeps its settings.
#   --master: needed for the realm master, where a mistake in the policies can lock out all administrators of the server.
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

enforcement=enforce
master=
while [[ $# -gt 0 ]]; do
  case $1 in
    --report) enforcement=report ;;
    --master) master=yes ;;
    *) break ;;
  esac
  shift
done
take "$@"
if [[ $realm == master && -z $master ]]; then
  echo 'apply.sh: not for the realm master without --master: a mistake in its policies can lock out all administrators' >&2
  exit 2
fi

status=0
setup update --no-merge --body "{ \"enforcement\": \"$enforcement\" }" || status=$?
if [[ $status -eq $no_setup ]]; then
  echo "apply.sh: there is no realm $realm, or the server does not have the extension; nothing was changed" >&2
fi
exit "$status"
