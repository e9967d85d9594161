#!/usr/bin/env bash
# After deployment: where it is, and what to do next.
set -euo pipefail
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../.."

url=$(required_setting GATEWAY_URL)
cat << TEXT

OrleansMcp serves $url

Add a tenant:
  1. dotnet run --project src/OrleansMcp.Server -- keys new         # a key for the client, a hash for the configuration
  2. edit .azure/$(required_setting AZURE_ENV_NAME)/configuration.yaml:
       tenants:
         acme:
           clients:
             alice: { keys: [{ sha256: <hash> }], permissions: ["tool:*", "resource:*", "prompt:*"] }
  3. infra/scripts/set-configuration.sh .azure/$(required_setting AZURE_ENV_NAME)/configuration.yaml

Connect a client:
  claude mcp add --transport http orleansmcp $url --header "Authorization: Bearer <key>"

  { "mcpServers": { "orleansmcp": { "type": "http", "url": "$url", "headers": { "Authorization": "Bearer <key>" } } } }

Operations: infra/README.md
TEXT
