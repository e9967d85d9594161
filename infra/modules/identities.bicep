// Who the processes are. What each may do is granted where the resource is: tables, vault, registry.

import { hostIdentity } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Suffix of names.')
param suffix string

resource silo 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-silo-${suffix}'
  location: location
  tags: tags
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-gateway-${suffix}'
  location: location
  tags: tags
}

output silo hostIdentity = { id: silo.id, clientId: silo.properties.clientId }
output gateway hostIdentity = { id: gateway.id, clientId: gateway.properties.clientId }
output principalIds array = [silo.properties.principalId, gateway.properties.principalId]
