// Everything but the silos (infra/silos.bicep says why): provisioned as often as one likes, without touching a running session.

targetScope = 'subscription'

import { resourceSize } from './types.bicep'

@description('Name of the azd environment. Names the resource group.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region.')
@minLength(1)
param location string

@description('How many silos. A change takes effect with the next roll-out.')
@minValue(1)
@maxValue(20)
param siloCount int = 3

@description('CPU and memory of each silo: the Consumption profile takes 0.25 to 4 cores, and 2 GiB for each.')
param siloSize resourceSize = { cpu: '1.0', memory: '2Gi' }

@description('CPU and memory of each gateway.')
param gatewaySize resourceSize = { cpu: '0.5', memory: '1Gi' }

@description('The fewest gateways.')
@minValue(2)
param gatewayMinReplicas int = 2

@description('The most gateways.')
@minValue(2)
@maxValue(100)
param gatewayMaxReplicas int = 10

@description('Requests at a time for which one more gateway is started. An open stream is a request.')
@minValue(1)
param gatewayConcurrentRequests int = 200

@description('Client certificates: ignore, accept or require.')
@allowed(['ignore', 'accept', 'require'])
param clientCertificateMode string = 'ignore'

@description('Seconds between probes of a silo; two missed ones and it is replaced. Shared machines pause now and then: the host\'s own default of 1 would evict silos that live.')
@minValue(1)
@maxValue(60)
param siloProbeSeconds int = 2

@description('Spread environments and data over availability zones. The region must have them; it cannot be changed later.')
param zoneRedundant bool = true

@description('Addresses of the network; /22 or larger. Change it before the first deployment if the network is to be peered.')
param networkAddressPrefix string = '10.42.0.0/22'

@description('Who is told of alerts. Empty: nobody.')
param alertEmail string = ''

@description('Days that logs, metrics and traces are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90

@description('The most gigabytes of telemetry taken in a day; -1 for no limit.')
@minValue(-1)
param dailyTelemetryGigabytes int = -1

@description('Log each write to the tables. Costs more than the tables.')
param logTableWrites bool = false

@description('The collector of telemetry, by version.')
param collectorImage string = 'docker.io/otel/opentelemetry-collector-contrib:0.158.0'

@description('The image that runs. Known to infra/scripts/read-deployed.sh; empty before the first roll-out.')
param image string = ''

@description('The colour that runs; likewise.')
@allowed(['', 'blue', 'green'])
param colour string = ''

@description('The version of the keys of session ids that runs; likewise.')
param sessionIdKeysUri string = ''

@description('The version of the tenants\' configuration that runs; likewise.')
param configurationUri string = ''

var suffix = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    retentionDays: retentionDays
    dailyGigabytes: dailyTelemetryGigabytes
  }
}

module network 'modules/network.bicep' = {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    addressPrefix: networkAddressPrefix
  }
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'st${suffix}'
    sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    endpointsSubnetId: network.outputs.endpointsSubnetId
    tablesZoneId: network.outputs.tablesZoneId
    principalIds: identities.outputs.principalIds
    workspaceId: monitoring.outputs.workspaceId
    logWrites: logTableWrites
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'kv-${suffix}'
    endpointsSubnetId: network.outputs.endpointsSubnetId
    vaultZoneId: network.outputs.vaultZoneId
    principalIds: identities.outputs.principalIds
    workspaceId: monitoring.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'cr${suffix}'
    principalIds: identities.outputs.principalIds
    workspaceId: monitoring.outputs.workspaceId
  }
}

module environments 'modules/environments.bicep' = {
  name: 'environments'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    silosSubnetId: network.outputs.silosSubnetId
    gatewaysSubnetId: network.outputs.gatewaysSubnetId
    zoneRedundant: zoneRedundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module collector 'modules/collector.bicep' = {
  name: 'collector'
  scope: group
  params: {
    location: location
    tags: tags
    environmentId: environments.outputs.silosId
    address: environments.outputs.silosAddress
    insightsName: monitoring.outputs.insightsName
    image: collectorImage
  }
}

module gateway 'modules/gateway.bicep' = {
  name: 'gateway'
  scope: group
  params: {
    settings: settings
    identity: identities.outputs.gateway
    environmentId: environments.outputs.gatewaysId
    size: gatewaySize
    minReplicas: gatewayMinReplicas
    maxReplicas: gatewayMaxReplicas
    concurrentRequests: gatewayConcurrentRequests
    clientCertificateMode: clientCertificateMode
    image: image
    colour: colour
    secrets: { sessionIdKeys: sessionIdKeysUri, configuration: configurationUri }
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    workspaceId: monitoring.outputs.workspaceId
    gatewayId: gateway.outputs.id
    email: alertEmail
  }
}

var settings = {
  location: location
  tags: tags
  serviceId: 'orleansmcp'
  clusterId: 'orleansmcp'
  tablesUri: storage.outputs.tablesUri
  registry: registry.outputs.loginServer
  otlpEndpoint: collector.outputs.endpoint
  probeSeconds: siloProbeSeconds
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_CONTAINER_REGISTRY_NAME string = registry.outputs.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output GATEWAY_HOST string = 'gateway.${environments.outputs.gatewaysDomain}'
output GATEWAY_URL string = 'https://gateway.${environments.outputs.gatewaysDomain}/mcp'

// What infra/scripts/roll-out.sh hands to infra/silos.bicep and infra/modules/gateway.bicep, beside image, colour and secrets.
output SILO_TEMPLATE_PARAMETERS object = {
  settings: { value: settings }
  identity: { value: identities.outputs.silo }
  environmentId: { value: environments.outputs.silosId }
  address: { value: environments.outputs.silosAddress }
  size: { value: siloSize }
  siloCount: { value: siloCount }
}
output GATEWAY_TEMPLATE_PARAMETERS object = {
  settings: { value: settings }
  identity: { value: identities.outputs.gateway }
  environmentId: { value: environments.outputs.gatewaysId }
  size: { value: gatewaySize }
  minReplicas: { value: gatewayMinReplicas }
  maxReplicas: { value: gatewayMaxReplicas }
  concurrentRequests: { value: gatewayConcurrentRequests }
  clientCertificateMode: { value: clientCertificateMode }
}
