// An alert for each signal that never happens while everything is in order, and for the cases in which the alerts themselves would be blind.

import { zeroRateSignals } from '../signals.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Suffix of names.')
param suffix string

@description('Log Analytics workspace.')
param workspaceId string

@description('The gateway.')
param gatewayId string

@description('Who is told. Empty: nobody; the alerts are seen in the portal only.')
param email string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'orleansmcp'
    enabled: true
    emailReceivers: empty(email) ? [] : [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// Two witnesses: the metric, and the log line that every process writes by itself, in case the collector is away.
resource signals 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for signal in zeroRateSignals: {
    name: 'signal-${signal.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'OrleansMcp: ${signal.name}'
      description: '${signal.what} Expected: never. What to do: infra/README.md, runbook.'
      severity: signal.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: 'union isfuzzy=true (AppMetrics | where Name == "orleansmcp.signals" and tostring(Properties.signal) == "${signal.name}" | summarize Times = sum(Sum)), (ContainerAppConsoleLogs | where Log contains "${signal.name}" and Log contains "Signal" | summarize Times = todouble(count())) | summarize Times = max(Times)'
            metricMeasureColumn: 'Times'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource silence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'telemetry-silent-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'OrleansMcp: no metrics arrive'
    description: 'The processes or the collector are away, or a daily limit was reached. Signals are then seen in the console logs only.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | summarize Points = count()'
          metricMeasureColumn: 'Points'
          timeAggregation: 'Maximum'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}

resource failures 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'gateway-failures-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The gateway answers with 5xx: no silo, no storage, or a fault.'
    severity: 2
    enabled: true
    scopes: [gatewayId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'failures'
          metricNamespace: 'Microsoft.App/containerApps'
          metricName: 'Requests'
          dimensions: [{ name: 'statusCodeCategory', operator: 'Include', values: ['5xx'] }]
          operator: 'GreaterThan'
          threshold: 20
          timeAggregation: 'Total'
          skipMetricValidation: true
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}
