// The front end, the only app that the internet reaches. Any number of replicas, and each serves every session: no affinity.

import { hostSettings, hostIdentity, secretUris, resourceSize } from '../types.bicep'
import { hostEnvironment, hostProbes, httpPort, configurationFolder, configurationFile } from '../environment.bicep'

@description('What all hosts are told.')
param settings hostSettings

@description('Who gateways are.')
param identity hostIdentity

@description('The external environment.')
param environmentId string

@description('CPU and memory of each replica.')
param size resourceSize

@description('The fewest replicas. Two, so that one may go.')
@minValue(2)
param minReplicas int

@description('The most replicas.')
@minValue(2)
@maxValue(100)
param maxReplicas int

@description('Requests at a time for which one more replica is started. An open stream is a request.')
@minValue(1)
param concurrentRequests int

@description('Client certificates: ignore, accept or require. The app judges what it is shown; with ignore it is shown nothing.')
@allowed(['ignore', 'accept', 'require'])
param clientCertificateMode string

@description('The image. Empty before the first roll-out: then a sample stands in, which nobody outside reaches, so that azd finds the app.')
param image string

@description('The colour of the silos that this roll-out brought; empty before the first one.')
@allowed(['', 'blue', 'green'])
param colour string

@description('Versions of the secrets; empty before the first roll-out.')
param secrets secretUris

var deployed = !empty(image)
var ownSettings = [{ name: 'ORLEANSMCP_DRAIN', value: '5' }]

resource gateway 'Microsoft.App/containerApps@2026-01-01' = {
  name: 'gateway'
  location: settings.location
  tags: union(settings.tags, { 'azd-service-name': 'gateway', 'orleansmcp-role': 'gateway', 'orleansmcp-colour': colour })
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 2
      registries: [{ server: settings.registry, identity: identity.id }]
      secrets: deployed
        ? [
            { name: 'session-id-keys', keyVaultUrl: secrets.sessionIdKeys, identity: identity.id }
            { name: 'configuration', keyVaultUrl: secrets.configuration, identity: identity.id }
          ]
        : []
      ingress: {
        external: deployed
        transport: 'auto'
        allowInsecure: false
        targetPort: httpPort
        clientCertificateMode: clientCertificateMode
        stickySessions: { affinity: 'none' }
        traffic: [{ latestRevision: true, weight: 100 }]
      }
    }
    template: {
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'gateway'
          image: deployed ? image : 'mcr.microsoft.com/dotnet/samples:aspnetapp'
          env: deployed ? concat(hostEnvironment(settings, 'gateway', identity.clientId, ''), ownSettings) : []
          resources: { cpu: json(size.cpu), memory: size.memory }
          probes: deployed ? hostProbes() : []
          volumeMounts: deployed ? [{ volumeName: 'configuration', mountPath: configurationFolder }] : []
        }
      ]
      volumes: deployed
        ? [{ name: 'configuration', storageType: 'Secret', secrets: [{ secretRef: 'configuration', path: configurationFile }] }]
        : []
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [{ name: 'requests', http: { metadata: { concurrentRequests: string(concurrentRequests) } } }]
      }
    }
  }
}

output id string = gateway.id
