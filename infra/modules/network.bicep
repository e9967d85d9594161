// One network: silos, gateways and private endpoints have a subnet each. Nothing outside of it reaches silos, tables or vault.

import { firstPort, lastPort } from '../ports.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Suffix of names.')
param suffix string

@description('Addresses of the network; /22 or larger.')
param addressPrefix string

var silosPrefix = cidrSubnet(addressPrefix, 24, 0)
var gatewaysPrefix = cidrSubnet(addressPrefix, 24, 1)
var endpointsPrefix = cidrSubnet(addressPrefix, 24, 2)
var siloPorts = '${firstPort}-${lastPort}'
var otlpPort = '4317'
var balancedPorts = '30000-32767'

// What Container Apps documents as needed, and nobody else from within the network (peered ones included).
resource silosRules 'Microsoft.Network/networkSecurityGroups@2025-07-01' = {
  name: 'nsg-silos-${suffix}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowLoadBalancer'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'AzureLoadBalancer'
          sourcePortRange: '*'
          destinationAddressPrefix: silosPrefix
          destinationPortRange: balancedPorts
        }
      }
      {
        name: 'AllowSilos'
        properties: {
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: silosPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: silosPrefix
          destinationPortRange: '*'
        }
      }
      {
        name: 'AllowGateways'
        properties: {
          priority: 120
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: gatewaysPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: silosPrefix
          destinationPortRanges: [siloPorts, otlpPort, balancedPorts]
        }
      }
      {
        name: 'DenyOthers'
        properties: {
          priority: 1000
          direction: 'Inbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: silosPrefix
          destinationPortRanges: [siloPorts, otlpPort, balancedPorts]
        }
      }
    ]
  }
}

resource endpointsRules 'Microsoft.Network/networkSecurityGroups@2025-07-01' = {
  name: 'nsg-endpoints-${suffix}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowHosts'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: [silosPrefix, gatewaysPrefix]
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          destinationPortRange: '443'
        }
      }
      {
        name: 'DenyOthers'
        properties: {
          priority: 1000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// No rules for the gateways' subnet: what comes from the internet comes through the environment's own public address, where rules of
// the subnet do not apply, and the default rules keep the rest of the internet out.
resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: 'vnet-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'silos'
        properties: {
          addressPrefix: silosPrefix
          networkSecurityGroup: { id: silosRules.id }
          delegations: [{ name: 'environments', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'gateways'
        properties: {
          addressPrefix: gatewaysPrefix
          delegations: [{ name: 'environments', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          networkSecurityGroup: { id: endpointsRules.id }
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
    ]
  }
}

var zoneNames = ['privatelink.table.${environment().suffixes.storage}', 'privatelink.vaultcore.azure.net']

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for name in zoneNames: {
    name: name
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (name, i) in zoneNames: {
    parent: zones[i]
    name: 'network'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

output silosSubnetId string = '${network.id}/subnets/silos'
output gatewaysSubnetId string = '${network.id}/subnets/gateways'
output endpointsSubnetId string = '${network.id}/subnets/endpoints'
output tablesZoneId string = zones[0].id
output vaultZoneId string = zones[1].id
