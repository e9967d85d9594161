#!/usr/bin/env bash
# Changes the key that signs session ids, without ending a session. Three phases; each is rolled out before the next begins:
#
#   verify   every process knows the next key; the current one still signs
#   sign     the next key signs; ids of the current one are still good
#   finish   only the next key is known. Ids of the former one are forged from now on
#
#   rotate-session-id-key.sh [--overlap SECONDS] [--wait] [--leaked]
#
# Between "sign" and "finish" lie at least SECONDS (default: 26 hours), which must be more than sessions.lifetime of the configuration
# (default: 24 h), or sessions end early. Without --wait, run it again when the time is over: it goes on where it stopped.
# --leaked finishes at once: the current key is in wrong hands, and every session opened before is to end.
set -euo pipefail
umask 077
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need az azd jq openssl

overlap=93600
wait=false
while [ $# -gt 0 ]; do
  case $1 in
    --overlap)
      [[ ${2:-} =~ ^[0-9]+$ ]] || fail "--overlap needs a number of seconds"
      overlap=$2
      shift
      ;;
    --wait) wait=true ;;
    --leaked) overlap=0 ;;
    *) fail "usage: rotate-session-id-key.sh [--overlap SECONDS] [--wait] [--leaked]" ;;
  esac
  shift
done

scripts=$(cd "$(dirname "$0")" && pwd)
subscription=$(required_setting AZURE_SUBSCRIPTION_ID)
group=$(required_setting AZURE_RESOURCE_GROUP)
vault=$(required_setting AZURE_KEY_VAULT_NAME)
image=$(required_setting DEPLOYED_IMAGE)

begin() {
  az deployment group create --subscription "$subscription" --resource-group "$group" --name "session-keys-$1" \
    --template-file "$scripts/../session-keys.bicep" --parameters "vaultName=$vault" "phase=$1" --only-show-errors --output none
  phase=$1
  echo "phase: $phase"
}

roll_out() {
  "$scripts/roll-out.sh" "$image"
}

[ -n "$(secret_uri session-id-keys)" ] || fail "there are no keys yet: run 'azd provision' first"
phase=$(secret_field session-id-keys tags.phase)
case $phase in '' | None | finish) phase=none ;; esac

if [ "$phase" = none ]; then
  file=$(mktemp)
  trap 'rm -f "$file"' EXIT
  random_key > "$file"
  write_secret session-id-key-next "$file" 'base64 key'
  azd env set SESSION_ID_KEY_SIGNS_SINCE ''
  begin verify
fi

if [ "$phase" = verify ]; then
  roll_out
  begin sign
fi

# Again, in case it was interrupted: it does nothing where nothing is to do. The overlap counts from its end.
roll_out
since=$(setting SESSION_ID_KEY_SIGNS_SINCE)
if [ -z "$since" ]; then
  since=$(date +%s)
  azd env set SESSION_ID_KEY_SIGNS_SINCE "$since"
fi

left=$((since + overlap - $(date +%s)))
if [ "$left" -gt 0 ]; then
  if [ "$wait" = false ]; then
    echo "the next key signs. Run this again in $left s to drop the former one"
    exit 0
  fi
  echo "waiting $left s for sessions of the former key to end"
  sleep "$left"
fi

begin finish
roll_out
azd env set SESSION_ID_KEY_SIGNS_SINCE ''
echo "the former key is dropped"
