// Writes the list of keys of session ids: the first signs, all verify.

@description('The vault.')
param vaultName string

@description('See infra/session-keys.bicep.')
@allowed(['verify', 'sign', 'finish'])
param phase string

@description('The key that signs until the phase "sign".')
@secure()
param current string

@description('The key that signs from then on.')
@secure()
param next string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource keys 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'session-id-keys'
  tags: { phase: phase }
  properties: {
    contentType: 'base64 keys, separated by commas'
    value: phase == 'verify' ? '${current},${next}' : phase == 'sign' ? '${next},${current}' : next
  }
}

resource key 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (phase == 'finish') {
  parent: vault
  name: 'session-id-key'
  properties: {
    contentType: 'base64 key'
    value: next
  }
}
