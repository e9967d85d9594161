#!/usr/bin/env bash
# After provisioning: the secrets that a deployment needs, each created once. What exists is never written again here.
set -euo pipefail
umask 077
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../.."
need az azd jq openssl

host=$(required_setting GATEWAY_HOST)
environment=$(required_setting AZURE_ENV_NAME)
kept=.azure/$environment/configuration.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$(secret_uri session-id-keys)" ]; then
  random_key > "$work/key"
  write_secret session-id-key "$work/key" 'base64 key'
  write_secret session-id-keys "$work/key" 'base64 keys, separated by commas'
  echo "created the key that signs session ids"
fi

if [ -z "$(secret_uri configuration)" ]; then
  for whose in operator client; do
    printf 'omcp_%s' "$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n')" > "$work/$whose"
  done
  hash_of() { openssl dgst -sha256 -r "$work/$1" | cut -d ' ' -f 1; }
  operator_hash=$(hash_of operator)
  client_hash=$(hash_of client)
  cat > "$work/configuration.yaml" << YAML
# The tenants of $environment. This file holds hashes, no keys. infra/scripts/set-configuration.sh puts it into force; keep it where it is not lost:
# nobody outside the deployment's network can read it back.
endpoint:
  allowedHosts: [$host]
operators:
  - { id: operator, sha256: $operator_hash }
tenants:
  first:
    clients:
      first: { keys: [{ sha256: $client_hash }], permissions: ["tool:*", "resource:*", "prompt:*"] }
YAML
  write_secret operator-key "$work/operator" 'key for /ops'
  write_secret client-key "$work/client" 'key of the client first of the tenant first'
  write_secret configuration "$work/configuration.yaml" 'application/yaml'
  mkdir -p "$(dirname "$kept")"
  cp "$work/configuration.yaml" "$kept"
  echo "created a configuration with one tenant and one client, and kept a copy in $kept"
  if [ -t 1 ]; then
    echo "shown this once, the key of that client: $(cat "$work/client")"
    echo "shown this once, the key of the operator: $(cat "$work/operator")"
  else
    echo "the keys of client and operator are the vault's secrets client-key and operator-key; they are shown on a terminal only"
  fi
fi
