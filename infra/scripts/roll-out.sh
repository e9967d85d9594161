#!/usr/bin/env bash
# Brings an image, with the newest version of configuration and keys, to silos and gateways, without losing a session:
#
#   1. silos of the colour that does not run are started beside those that do, on ports of their own, and are ready
#   2. gateways change to the image
#   3. the former silos leave, one after the other; their sessions go on with the next message, on the silos that stay
#
#   roll-out.sh [IMAGE]      IMAGE: what azd has just published, or else what runs now
#
# It can be interrupted and run again at any point. Until step 3 everything that ran goes on running.
set -euo pipefail
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need az azd jq

infra=$(cd "$(dirname "$0")/.." && pwd)
readonly ready_within=${ROLL_OUT_READY_SECONDS:-600} gone_within=${ROLL_OUT_GONE_SECONDS:-120} pause=${ROLL_OUT_PAUSE_SECONDS:-5}

subscription=$(required_setting AZURE_SUBSCRIPTION_ID)
group=$(required_setting AZURE_RESOURCE_GROUP)
silo_parameters=$(required_setting SILO_TEMPLATE_PARAMETERS)
gateway_parameters=$(required_setting GATEWAY_TEMPLATE_PARAMETERS)

image=${1:-$(setting SERVICE_GATEWAY_IMAGE_NAME)}
[ -n "$image" ] || image=$(setting DEPLOYED_IMAGE)
[ -n "$image" ] || fail "no image: name one, or let 'azd deploy' publish it"

app() {
  local verb=$1
  shift
  # shellcheck disable=SC2086 # a verb may be two words
  az containerapp $verb --subscription "$subscription" --resource-group "$group" "$@"
}

silos_of() {
  app list --query "[?tags.\"orleansmcp-role\"=='silo' && tags.\"orleansmcp-colour\"=='$1'].name | sort(@)" --output tsv
}

deploy() {
  local name=$1 template=$2 parameters=$3
  shift 3
  az deployment group create --subscription "$subscription" --resource-group "$group" --name "$name" --template-file "$template" \
    --parameters "$parameters" --parameters "$@" --only-show-errors --output none
}

# Waits until so many replicas of an app's newest revision are ready.
await_ready() {
  local name=$1 wanted=$2 deadline=$((SECONDS + ready_within)) revision ready
  while :; do
    revision=$(app show --name "$name" --query properties.latestRevisionName --output tsv)
    ready=$(app 'replica list' --name "$name" --revision "$revision" --query 'length([?properties.containers[0].ready])' --output tsv || echo 0)
    if [ "${ready:-0}" -ge "$wanted" ]; then
      echo "$name is ready"
      return
    fi
    [ "$SECONDS" -lt "$deadline" ] || fail "$name is not ready after $ready_within s. The former silos still run. See: az containerapp logs show --resource-group $group --name $name"
    sleep "$pause"
  done
}

# A silo leaves: SIGTERM, its calls are answered, its sessions are let go. Then the app is removed.
retire() {
  local name=$1 deadline=$((SECONDS + gone_within)) revision replicas status
  revision=$(app show --name "$name" --query properties.latestRevisionName --output tsv)
  az rest --method post --output none \
    --url "/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.App/containerApps/$name/stop?api-version=2026-01-01"
  while :; do
    status=$(app show --name "$name" --query properties.runningStatus --output tsv)
    replicas=$(app 'revision show' --name "$name" --revision "$revision" --query properties.replicas --output tsv)
    if [ "$status" = Stopped ] && [ "${replicas:-0}" = 0 ]; then break; fi
    [ "$SECONDS" -lt "$deadline" ] || fail "$name does not stop. Run this again"
    sleep "$pause"
  done
  app delete --name "$name" --yes --output none
  echo "$name has left"
}

retire_all() {
  local names name
  names=$(silos_of "$1")
  for name in $names; do
    retire "$name"
  done
}

count() {
  grep -c . <<< "$1" || true
}

keys_uri=$(secret_uri session-id-keys)
configuration_uri=$(secret_uri configuration)
if [ -z "$keys_uri" ] || [ -z "$configuration_uri" ]; then fail "the vault lacks secrets: run 'azd provision' first"; fi
secrets=$(jq -cn --arg keys "$keys_uri" --arg configuration "$configuration_uri" '{ sessionIdKeys: $keys, configuration: $configuration }')
wanted=$(jq -er '.siloCount.value' <<< "$silo_parameters")
least_gateways=$(jq -er '.minReplicas.value' <<< "$gateway_parameters")

# The gateway's tag says which colour the last complete step 2 left in charge.
gateway=$(app show --name gateway --output json)
active=$(jq -r '.tags["orleansmcp-colour"] // ""' <<< "$gateway")
running=$(jq -c '[.properties.template.containers[0].image, ((.properties.configuration.secrets // [])[] | .keyVaultUrl)] | sort' <<< "$gateway")
target=$(jq -cn --arg image "$image" --arg keys "$keys_uri" --arg configuration "$configuration_uri" '[$image, $keys, $configuration] | sort')
case $active in
  blue) other=green ;;
  green) other=blue ;;
  *) other=blue ;;
esac

present=
[ -z "$active" ] || present=$(silos_of "$active")
if [ -n "$active" ] && [ "$running" = "$target" ] && [ "$(count "$present")" -eq "$wanted" ]; then
  echo "$active runs this already"
  retire_all "$other"
else
  retire_all "$other" # what an interrupted roll-out left behind
  echo "starting $wanted silos in $other"
  deploy "silos-$other" "$infra/silos.bicep" "$silo_parameters" "colour=$other" "image=$image" "secrets=$secrets"
  started=$(silos_of "$other")
  [ "$(count "$started")" -eq "$wanted" ] || fail "there are not $wanted silos in $other"
  for name in $started; do
    await_ready "$name" 1
  done

  echo "changing gateways"
  deploy gateway "$infra/modules/gateway.bicep" "$gateway_parameters" "colour=$other" "image=$image" "secrets=$secrets"
  await_ready gateway "$least_gateways"

  [ -z "$active" ] || retire_all "$active"
  active=$other
fi

azd env set DEPLOYED_COLOUR "$active"
azd env set DEPLOYED_IMAGE "$image"
azd env set DEPLOYED_SESSION_ID_KEYS_URI "$keys_uri"
azd env set DEPLOYED_CONFIGURATION_URI "$configuration_uri"
echo "$active runs $image"
