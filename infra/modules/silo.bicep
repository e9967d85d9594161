// One silo: an app with exactly one replica, because replicas of an app cannot be addressed one by one. Its ports are open to the network
// of the internal environment ("external" means beyond the environment, and that environment has no public address).

import { hostSettings, hostIdentity, secretUris, resourceSize } from '../types.bicep'
import { hostEnvironment, hostProbes, configurationFolder, configurationFile } from '../environment.bicep'
import { siloPort, gatewayPort } from '../ports.bicep'

@description('What all hosts are told.')
param settings hostSettings

@description('Who silos are.')
param identity hostIdentity

@description('The internal environment.')
param environmentId string

@description('Its address, at which every silo is reached.')
param address string

@description('CPU and memory.')
param size resourceSize

@description('The image, from the deployment\'s registry.')
param image string

@description('Versions of the secrets.')
param secrets secretUris

@description('Blue or green.')
@allowed(['blue', 'green'])
param colour string

@description('Which of its colour, from 0.')
@minValue(0)
@maxValue(19)
param index int

var name = 'silo-${colour}-${padLeft(index, 2, '0')}'
var ownSettings = [
  { name: 'ORLEANSMCP_ADDRESS', value: address }
  { name: 'ORLEANSMCP_SILO_PORT', value: string(siloPort(colour, index)) }
  { name: 'ORLEANSMCP_GATEWAY_PORT', value: string(gatewayPort(colour, index)) }
  { name: 'ORLEANSMCP_LISTEN_ON_ANY', value: 'true' }
  // Their ports are open to the network of the internal environment alone. infra/README.md says how to add certificates.
  { name: 'ORLEANSMCP_INSECURE_SILO_PORTS', value: 'true' }
]

resource silo 'Microsoft.App/containerApps@2026-01-01' = {
  name: name
  location: settings.location
  tags: union(settings.tags, { 'orleansmcp-role': 'silo', 'orleansmcp-colour': colour })
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 1
      registries: [{ server: settings.registry, identity: identity.id }]
      secrets: [
        { name: 'session-id-keys', keyVaultUrl: secrets.sessionIdKeys, identity: identity.id }
        { name: 'configuration', keyVaultUrl: secrets.configuration, identity: identity.id }
      ]
      ingress: {
        external: true
        transport: 'tcp'
        targetPort: siloPort(colour, index)
        exposedPort: siloPort(colour, index)
        additionalPortMappings: [
          { external: true, targetPort: gatewayPort(colour, index), exposedPort: gatewayPort(colour, index) }
        ]
      }
    }
    template: {
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'silo'
          image: image
          env: concat(hostEnvironment(settings, 'silo', identity.clientId, name), ownSettings)
          resources: { cpu: json(size.cpu), memory: size.memory }
          probes: hostProbes()
          volumeMounts: [{ volumeName: 'configuration', mountPath: configurationFolder }]
        }
      ]
      volumes: [
        { name: 'configuration', storageType: 'Secret', secrets: [{ secretRef: 'configuration', path: configurationFile }] }
      ]
      scale: { minReplicas: 1, maxReplicas: 1 }
    }
  }
}

output name string = silo.name
