#!/usr/bin/env bash
# Before provisioning: what runs is what stays. Reads image, colour and versions of secrets from the gateway that runs into the azd
# environment, so that provisioning from another machine, or after an interrupted roll-out, changes none of them.
set -euo pipefail
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need az azd jq

# Before the very first provisioning there is neither.
if [ -z "$(setting AZURE_SUBSCRIPTION_ID)" ] || [ -z "$(setting AZURE_RESOURCE_GROUP)" ]; then
  echo "nothing is deployed yet"
  exit 0
fi

group=$(setting AZURE_RESOURCE_GROUP)
subscription=$(setting AZURE_SUBSCRIPTION_ID)
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
if ! gateway=$(az containerapp show --subscription "$subscription" --resource-group "$group" --name gateway --output json 2> "$errors"); then
  if grep -Eqi 'not ?found|could not be found' "$errors"; then
    echo "nothing is deployed yet"
    exit 0
  fi
  cat "$errors" >&2
  fail "cannot look at the gateway of $group"
fi

colour=$(jq -r '.tags["orleansmcp-colour"] // ""' <<< "$gateway")
if [ -z "$colour" ]; then
  echo "the gateway is there and was never rolled out"
  exit 0
fi

secret() {
  jq -er --arg name "$1" '.properties.configuration.secrets[] | select(.name == $name) | .keyVaultUrl' <<< "$gateway" || fail "the gateway has no secret $1"
}

azd env set DEPLOYED_COLOUR "$colour"
azd env set DEPLOYED_IMAGE "$(jq -er '.properties.template.containers[0].image' <<< "$gateway")"
azd env set DEPLOYED_SESSION_ID_KEYS_URI "$(secret session-id-keys)"
azd env set DEPLOYED_CONFIGURATION_URI "$(secret configuration)"
echo "deployed: $colour"
