// The silos of one colour. Deployed by infra/scripts/roll-out.sh and never by main.bicep: a change of a running silo's template would start
// the new one beside the old one at the same address, so changes go to the other colour.

import { hostSettings, hostIdentity, secretUris, resourceSize } from './types.bicep'

@description('What all hosts are told.')
param settings hostSettings

@description('Who silos are.')
param identity hostIdentity

@description('The internal environment.')
param environmentId string

@description('Its address.')
param address string

@description('CPU and memory of each.')
param size resourceSize

@description('How many.')
@minValue(1)
@maxValue(20)
param siloCount int

@description('The image, from the deployment\'s registry.')
@minLength(1)
param image string

@description('Versions of the secrets.')
param secrets secretUris

@description('Blue or green: the one that does not run.')
@allowed(['blue', 'green'])
param colour string

module silos 'modules/silo.bicep' = [
  for index in range(0, siloCount): {
    name: 'silo-${colour}-${index}'
    params: {
      settings: settings
      identity: identity
      environmentId: environmentId
      address: address
      size: size
      image: image
      secrets: secrets
      colour: colour
      index: index
    }
  }
]

output names array = [for index in range(0, siloCount): silos[index].outputs.name]
