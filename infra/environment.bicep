// What a process of either role is told, in the only place that says so. src/OrleansMcp.Hosting/Settings reads what begins with ORLEANSMCP_,
// the telemetry's library what begins with OTEL_; tests/infra compares both sides.

import { hostSettings } from './types.bicep'

@export()
@description('Where the processes listen for HTTP. Ingress and probes come here.')
var httpPort = 8080

@export()
@description('The folder where the tenants\' configuration is mounted.')
var configurationFolder = '/mnt/orleansmcp'

@export()
@description('The file in that folder.')
var configurationFile = 'configuration.yaml'

@export()
@description('Environment variables of a role: silo or gateway.')
func hostEnvironment(settings hostSettings, role string, clientId string, instance string) array => [
  { name: 'ORLEANSMCP_ROLE', value: role }
  { name: 'ORLEANSMCP_STORE', value: 'tables' }
  { name: 'ORLEANSMCP_CLUSTERING', value: 'tables' }
  { name: 'ORLEANSMCP_CLUSTER_ID', value: settings.clusterId }
  { name: 'ORLEANSMCP_SERVICE_ID', value: settings.serviceId }
  { name: 'ORLEANSMCP_URLS', value: 'http://0.0.0.0:8080' }
  { name: 'ORLEANSMCP_CONFIG', value: '/mnt/orleansmcp/configuration.yaml' }
  { name: 'ORLEANSMCP_TABLES', value: settings.tablesUri }
  { name: 'ORLEANSMCP_MANAGED_IDENTITY', value: clientId }
  { name: 'ORLEANSMCP_SESSION_ID_KEYS', secretRef: 'session-id-keys' }
  { name: 'ORLEANSMCP_PROBE', value: string(settings.probeSeconds) }
  { name: 'ORLEANSMCP_LOG', value: 'json' }
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: settings.otlpEndpoint }
  // Application Insights adds up what it gets: each export must say what came since the last one, not since the start.
  { name: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', value: 'delta' }
  { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'orleansmcp.role=${role}${empty(instance) ? '' : ',service.instance.id=${instance}'}' }
]

@export()
@description('Probes of both roles. Alive is not ready: a process whose cluster or storage is away is taken out of traffic, not restarted.')
func hostProbes() array => [
  { type: 'Startup', httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 10 }
  { type: 'Liveness', httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }
  { type: 'Readiness', httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
]
