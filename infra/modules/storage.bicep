// State, membership, grain directory and audit: Azure Tables, by identity only, from the network only.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the storage account.')
param name string

@description('How often and where the data is kept.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Subnet of the private endpoint.')
param endpointsSubnetId string

@description('Private DNS zone of the table service.')
param tablesZoneId string

@description('Principals that read and write tables.')
param principalIds array

@description('Log Analytics workspace.')
param workspaceId string

@description('Log each write and deletion. Orleans writes all the time: this costs more than the tables.')
param logWrites bool

var tableDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3')

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: 'Deny'
    }
  }
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

module endpoint 'private-endpoint.bicep' = {
  name: 'tables-endpoint'
  params: {
    location: location
    tags: tags
    name: 'pe-tables-${name}'
    subnetId: endpointsSubnetId
    zoneId: tablesZoneId
    targetId: account.id
    groupId: 'table'
  }
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in principalIds: {
    scope: account
    name: guid(account.id, principalId, tableDataContributor)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: tableDataContributor
    }
  }
]

// Nobody deletes the account by accident, a resource group with it.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account
  name: 'holds-the-state'
  properties: {
    level: 'CanNotDelete'
    notes: 'All sessions, records and the audit are in these tables. infra/README.md says how to remove a deployment.'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: tables
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: logWrites }, { category: 'StorageDelete', enabled: logWrites }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output name string = account.name
output tablesUri string = account.properties.primaryEndpoints.table
