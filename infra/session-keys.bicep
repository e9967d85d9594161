// One phase of the rotation of the keys that sign session ids: composes the list of keys from the keys, inside the deployment. Nobody who
// runs it sees a key, and no key leaves the vault. Deployed by infra/scripts/rotate-session-id-key.sh.

@description('The vault.')
param vaultName string

@description('verify: all know the next key, the current one signs. sign: the next one signs, both are known. finish: only the next one is known, and becomes the current one.')
@allowed(['verify', 'sign', 'finish'])
param phase string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

module list 'modules/session-key-list.bicep' = {
  name: 'session-keys-${phase}'
  params: {
    vaultName: vaultName
    phase: phase
    current: vault.getSecret('session-id-key')
    next: vault.getSecret('session-id-key-next')
  }
}
