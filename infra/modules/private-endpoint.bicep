// The only way to a service: an address within the network, under the service's usual name.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the endpoint.')
param name string

@description('Subnet that holds it.')
param subnetId string

@description('Private DNS zone of the service.')
param zoneId string

@description('The resource it leads to.')
param targetId string

@description('Which of its services: table, vault.')
param groupId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zoneId } }]
  }
}
