// Takes OTLP from silos and gateways and hands it to Azure Monitor. The agent that Container Apps offers for this passes logs and traces to
// Application Insights, but no metrics, and signals are counted in metrics.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The internal environment.')
param environmentId string

@description('Its address.')
param address string

@description('Name of the Application Insights component.')
param insightsName string

@description('The collector, by version.')
param image string

var port = 4317
var healthPort = 13133

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var configuration = '''
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  batch: {}
exporters:
  azuremonitor:
    connection_string: ${env:APPLICATIONINSIGHTS_CONNECTION_STRING}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
service:
  extensions: [health_check]
  pipelines:
    logs: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [azuremonitor] }
    metrics: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [azuremonitor] }
    traces: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [azuremonitor] }
'''

resource collector 'Microsoft.App/containerApps@2026-01-01' = {
  name: 'collector'
  location: location
  tags: tags
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: [{ name: 'insights', value: insights.properties.ConnectionString }]
      ingress: {
        external: true
        transport: 'tcp'
        targetPort: port
        exposedPort: port
      }
    }
    template: {
      containers: [
        {
          name: 'collector'
          image: image
          args: ['--config=env:COLLECTOR_CONFIGURATION']
          env: [
            { name: 'COLLECTOR_CONFIGURATION', value: configuration }
            { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', secretRef: 'insights' }
          ]
          resources: { cpu: json('0.5'), memory: '1Gi' }
          probes: [
            { type: 'Readiness', httpGet: { path: '/', port: healthPort, scheme: 'HTTP' }, periodSeconds: 5, failureThreshold: 3 }
            { type: 'Liveness', httpGet: { path: '/', port: healthPort, scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 }
          ]
        }
      ]
      scale: { minReplicas: 1, maxReplicas: 1 }
    }
  }
}

output endpoint string = 'http://${address}:${port}'
