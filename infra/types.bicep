// What the hosts of both roles are told, whoever deploys them.

@export()
@description('Settings that silos and gateways share. Nothing in it is secret: secrets are named, not held.')
type hostSettings = {
  @description('Region.')
  location: string
  @description('Tags of every resource.')
  tags: object
  @description('Names the state in the tables. A change orphans it.')
  serviceId: string
  @description('Names the cluster. Both colours are one cluster while they overlap.')
  clusterId: string
  @description('URI of the table service.')
  tablesUri: string
  @description('Login server of the registry.')
  registry: string
  @description('Where telemetry goes: the collector, by OTLP over gRPC.')
  otlpEndpoint: string
  @description('Seconds between probes of a silo.')
  probeSeconds: int
}

@export()
@description('Who an app is: one user-assigned identity for each role.')
type hostIdentity = {
  @description('Resource id.')
  id: string
  @description('Client id, by which the app asks for tokens.')
  clientId: string
}

@export()
@description('Secrets of the vault, each by the URI of one version: a new version reaches no process by itself, and restarts none.')
type secretUris = {
  @description('The keys that sign session ids.')
  sessionIdKeys: string
  @description('The tenants\' configuration.')
  configuration: string
}

@export()
@description('CPU cores (text, because Bicep has no decimals) and memory of one process. The Consumption profile wants 2 GiB for each core.')
type resourceSize = {
  cpu: string
  memory: string
}
