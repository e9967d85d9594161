// Where logs, metrics and traces end up.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Suffix of names.')
param suffix string

@description('Days that logs, metrics and traces are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('The most gigabytes taken in a day; -1 for no limit. Alerts are blind for the rest of a day whose limit was reached.')
@minValue(-1)
param dailyGigabytes int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
