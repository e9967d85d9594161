// Two environments in one network. Silos live in the internal one: TCP ports of an external environment would be public. Gateways live in
// the external one.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Suffix of names.')
param suffix string

@description('Subnet of the silos.')
param silosSubnetId string

@description('Subnet of the gateways.')
param gatewaysSubnetId string

@description('Spread over availability zones. The region must have them; it cannot be changed later.')
param zoneRedundant bool

@description('Log Analytics workspace.')
param workspaceId string

resource silos 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: 'cae-silos-${suffix}'
  location: location
  tags: tags
  properties: {
    zoneRedundant: zoneRedundant
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: {
      infrastructureSubnetId: silosSubnetId
      internal: true
    }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

resource gateways 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: 'cae-gateways-${suffix}'
  location: location
  tags: tags
  properties: {
    zoneRedundant: zoneRedundant
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: {
      infrastructureSubnetId: gatewaysSubnetId
      internal: false
    }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

var logs = [{ category: 'ContainerAppConsoleLogs', enabled: true }, { category: 'ContainerAppSystemLogs', enabled: true }]

resource silosDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: silos
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: logs
  }
}

resource gatewaysDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: gateways
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: logs
  }
}

output silosId string = silos.id
output silosAddress string = silos.properties.staticIp
output gatewaysId string = gateways.id
output gatewaysDomain string = gateways.properties.defaultDomain
