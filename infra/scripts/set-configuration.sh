#!/usr/bin/env bash
# Puts a configuration of tenants into force: checks it, writes it to the vault, rolls it out.
#
#   set-configuration.sh FILE
set -euo pipefail
# shellcheck source=infra/scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need az azd jq dotnet

readonly most_bytes=25000 # what a secret of the vault may hold
[ $# -eq 1 ] || fail "usage: set-configuration.sh FILE"
file=$1
[ -f "$file" ] || fail "there is no file $file"
size=$(wc -c < "$file")
[ "$size" -le "$most_bytes" ] || fail "$file has $size bytes; a secret of the vault holds $most_bytes"
if grep -Eq '^[[:space:]]*policies:.*\.ya?ml' "$file"; then
  fail "$file names policy files, and only $file itself is deployed: write the policies into it"
fi
grep -Fq -- "$(required_setting GATEWAY_HOST)" "$file" || fail "$file does not name $(setting GATEWAY_HOST) in endpoint.allowedHosts: clients would be refused"

root=$(cd "$(dirname "$0")/../.." && pwd)
dotnet run --project "$root/src/OrleansMcp.Server" -c Release -- config check "$file" || fail "$file is not valid; nothing was changed"

write_secret configuration "$file" 'application/yaml'
exec "$(dirname "$0")/roll-out.sh" "$(required_setting DEPLOYED_IMAGE)"
