#!/usr/bin/env bash
# Takes the MCP set-up out of a realm again: what apply.sh added, and whatever else would need this extension. Run it
# for every realm BEFORE the jars leave the server: a realm whose client policies name a provider that is gone
# answers every login with 500.
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
# Running it again changes nothing. Needs bash, awk, and kcadm.sh of the Keycloak distribution, logged in (kcadm.sh
# config credentials ...). Works without the jars too, as long as kcadm can log in: not when its realm is the one
# to be cleaned.
#
#   usage: remove.sh REALM [further kcadm options, such as --config FILE]
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail

if [[ $# -lt 1 || $1 == -* ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
fi
realm=$1
shift
options=("$@")
kcadm=${KCADM:-${KEYCLOAK_HOME:+$KEYCLOAK_HOME/bin/}kcadm.sh}
policy_type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy

# kc VERB PATH [arguments]
kc() {
  local verb=$1 path=$2
  shift 2
  "$kcadm" "$verb" "$path" -r "$realm" "$@" ${options[@]+"${options[@]}"}
}

say() { printf '%-9s %s\n' "$1" "$2"; }

# Reads client profiles or policies as kcadm prints them, where the indent of a line tells what it belongs to. Writes the
# list that should be, each line after "J ", and what is different in it: "R NAME" is removed, "C NAME" is changed. Profiles
# that are to be removed are in the variable gone, one quoted name a line. Fails rather than lose what it cannot read.
# shellcheck disable=SC2016
filter='
  function stop() { bad = 1; exit 1 }

  # The names of the list in line that are not gone.
  function remaining(line,   name, rest) {
    sub(/^[^[]*\[ */, "", line)
    while (match(line, /^"([^"\\]|\\.)*"/)) {
      name = substr(line, 1, RLENGTH)
      line = substr(line, RLENGTH + 1)
      sub(/^, /, "", line)
      if (name in gone) lost = 1
      else rest = rest (rest == "" ? "" : ", ") name
    }
    if (line !~ /^ *\],?$/) stop()
    return rest
  }

  function finish(   drop) {
    if (name == "") stop()
    drop = name == "\"mcp\"" || (kind == "policies" ? ours || (lost && profiles == "") : ours && others == "")
    if (drop) print "R " name
    else {
      if (ours || lost) print "C " name
      kept = kept (kept == "" ? "" : ",") "\nJ {" text "\nJ }"
    }
    name = text = others = profiles = ""
    ours = lost = 0
  }

  BEGIN {
    n = split(ENVIRON["gone"], names, "\n")
    for (i = 1; i <= n; i++) gone[names[i]]
    parts = kind == "policies" ? "conditions" : "executors"
    part = kind == "policies" ? "condition" : "executor"
  }
  NR == 1 && $0 != "{" { stop() }
  NR == 1 { next }
  NR == 2 && $0 == "  \"" kind "\" : [ ]" { closed = 1; next }
  NR == 2 && $0 == "  \"" kind "\" : [ {" { next }
  NR == 2 { stop() }
  closed && $0 == "}" && !ended { ended = 1; next }
  closed { stop() }
  $0 == "  }, {" { finish(); next }
  $0 == "  } ]" { finish(); closed = 1; next }
  !/^    / { stop() }
  /^    "name" : / { name = $0; sub(/^    "name" : /, "", name); sub(/,$/, "", name) }
  $0 == "    \"" parts "\" : [ {" { inside = 1; item = ""; mine = 0; text = text "\nJ \"" parts "\" : ["; first = 1; next }
  inside && (/^    }, [{]$/ || /^    } \],?$/) {
    if (mine) ours = 1
    else others = others "x"
    if (!mine || kind == "policies") {
      text = text (first ? "" : ",") "\nJ {" item "\nJ }"
      first = 0
    }
    item = ""
    mine = 0
    if (/\]/) {
      inside = 0
      text = text "\nJ ]" (/,$/ ? "," : "")
    }
    next
  }
  inside {
    if (index($0, "      \"" part "\" : \"mcp-") == 1) mine = 1
    item = item "\nJ " $0
    next
  }
  kind == "policies" && /^    "profiles" : \[/ {
    profiles = remaining($0)
    text = text "\nJ \"profiles\" : [ " profiles " ]" (/,$/ ? "," : "")
    next
  }
  { text = text "\nJ " $0 }
  END {
    if (bad || !ended) exit 1
    print "J { \"" kind "\" : [" kept "\nJ ] }"
  }'

# filtered KIND [names of profiles that go]: what the filter makes of the client policies or profiles of the realm.
filtered() {
  kc get "client-policies/$1" | gone=${2-} LC_ALL=C awk -v kind="$1" "$filter" || {
    echo "remove.sh: cannot read the client $1 of realm $realm; nothing was changed in them" >&2
    return 1
  }
}

# picked LETTER LINES: the lines that the filter marked so.
picked() { sed -n "s/^$1 //p" <<<"$2"; }

# put KIND WHAT LINES: stores what the filter made of them, where anything is different, and says what.
put() {
  local change name
  if ! grep -q '^[RC] ' <<<"$3"; then
    say absent "client $1 of this extension"
    return
  fi
  picked J "$3" | kc update "client-policies/$1" -f -
  while read -r change name; do
    name=${name#\"}
    name=${name%\"}
    case $change in
      R) say removed "client $2 $name" ;;
      C) say changed "client $2 $name: only what is of this extension is removed" ;;
    esac
  done <<<"$3"
}

# Policies first: they may name only profiles that exist, and while they name a provider that is gone, Keycloak can
# change no client of the realm. Each list is stored at once, as Keycloak takes none with a provider that it does not have.
profiles=$(filtered profiles)
policies=$(filtered policies "$(picked R "$profiles")")
put policies policy "$policies"
put profiles profile "$profiles"

components=$(kc get components -q "type=$policy_type" --fields id,providerId,subType --format csv --noquotes |
  grep ',mcp-client-registration,' || true)
[[ -n $components ]] || say absent 'registration policy mcp-client-registration'
while IFS=, read -r id _ kind; do
  [[ -n $id ]] || continue
  kc delete "components/$id" </dev/null
  say removed "registration policy mcp-client-registration ($kind)"
done <<<"$components"

# The place of mcp-audit among the listeners, counted from 0; nothing when it is not there.
listener=$(kc get events/config --fields eventsListeners | tr ',' '\n' | grep '"' | sed 's/.*\[//' |
  awk '/"mcp-audit"/ { print NR - 1 }')
if [[ -n $listener ]]; then
  kc update events/config -m -d "eventsListeners[$listener]"
  say removed 'event listener mcp-audit'
else
  say absent 'event listener mcp-audit'
fi

uuid=$(kc get clients -q clientId=mcp-audit-console --fields id --format csv --noquotes)
if [[ -n $uuid ]]; then
  kc delete "clients/$uuid"
  say removed 'client mcp-audit-console'
else
  say absent 'client mcp-audit-console'
fi

id=$(kc get client-scopes --fields id,name --format csv --noquotes | sed -n 's/^\([^,]*\),mcp-actor$/\1/p')
if [[ -n $id ]]; then
  kc delete "client-scopes/$id"
  say removed 'client scope mcp-actor'
else
  say absent 'client scope mcp-actor'
fi

theme=$(kc get "realms/$realm" --fields loginTheme)
if grep -q '"loginTheme" : "mcp"' <<<"$theme"; then
  kc update "realms/$realm" -n -b '{ "loginTheme": "" }'
  say removed 'login theme mcp'
else
  say absent 'login theme mcp'
fi
