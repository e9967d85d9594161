# shellcheck shell=bash
# What the scripts share. Sourced, not run. They need az (signed in), azd, jq and openssl.
#
# Secrets are written through the resource manager, because the vault itself is closed to everybody outside its network; for the same
# reason nothing here can read one.

readonly vault_api='api-version=2024-11-01'

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

need() {
  local command
  for command in "$@"; do
    command -v "$command" > /dev/null || fail "needs $command, which is not installed"
  done
}

# A value of the azd environment: hooks have it as a variable, a shell of one's own does not.
setting() {
  local value=${!1:-}
  [ -n "$value" ] || value=$(azd env get-value "$1" 2> /dev/null) || value=
  printf '%s' "$value"
}

required_setting() {
  local value
  value=$(setting "$1")
  [ -n "$value" ] || fail "the azd environment has no $1: run 'azd provision' first"
  printf '%s' "$value"
}

# Failures inside of $() are passed on by hand: not every bash does it by itself.
secret_path() {
  local subscription group vault
  subscription=$(required_setting AZURE_SUBSCRIPTION_ID) || exit 1
  group=$(required_setting AZURE_RESOURCE_GROUP) || exit 1
  vault=$(required_setting AZURE_KEY_VAULT_NAME) || exit 1
  printf '/subscriptions/%s/resourceGroups/%s/providers/Microsoft.KeyVault/vaults/%s/secrets/%s?%s' "$subscription" "$group" "$vault" "$1" "$vault_api"
}

# Prints what QUERY finds in a secret's description (never its value); nothing if there is no such secret. Any other failure is one.
secret_field() {
  local path errors out
  path=$(secret_path "$1") || exit 1
  errors=$(mktemp)
  if out=$(az rest --method get --url "$path" --query "$2" --output tsv 2> "$errors"); then
    rm -f "$errors"
    printf '%s' "$out"
  elif grep -Eqi 'not ?found|404' "$errors"; then
    rm -f "$errors"
  else
    cat "$errors" >&2
    rm -f "$errors"
    fail "cannot look at the secret $1"
  fi
}

secret_uri() {
  secret_field "$1" properties.secretUriWithVersion
}

# Writes the contents of FILE as a new version of a secret. The value is in no argument and in no output.
write_secret() {
  local name=$1 file=$2 type=$3 path body
  path=$(secret_path "$name") || exit 1
  body=$(mktemp)
  jq -n --rawfile value "$file" --arg type "$type" '{ properties: { value: $value, contentType: $type } }' > "$body"
  if ! az rest --method put --url "$path" --body "@$body" --output none; then
    rm -f "$body"
    fail "cannot write the secret $name"
  fi
  rm -f "$body"
}

random_key() {
  openssl rand -base64 32 | tr -d '\n'
}
