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
  printf 'omcp_%s' "$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n')" > "$work/operator"
  hash=$(openssl dgst -sha256 -r "$work/operator" | cut -d ' ' -f 1)
  cat > "$work/configuration.yaml" << YAML
# The tenants of $environment. It holds hashes, no keys. infra/scripts/set-configuration.sh puts it into force; keep it where it is not lost:
# nobody outside the deployment's network can read it back.
endpoint:
  allowedHosts: [$host]
operators:
  - { id: operator, sha256: $hash }
tenants: {}
YAML
  write_secret operator-key "$work/operator" 'key for /ops'
  write_secret configuration "$work/configuration.yaml" 'application/yaml'
  mkdir -p "$(dirname "$kept")"
  cp "$work/configuration.yaml" "$kept"
  echo "created a configuration without tenants, and kept a copy in $kept"
  if [ -t 1 ]; then
    echo "the operator's key, shown this once: $(cat "$work/operator")"
  else
    echo "the operator's key is the vault's secret operator-key; it is shown on a terminal only"
  fi
fi
