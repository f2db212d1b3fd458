// Event Hubs for those who choose Kafka in Azure: a namespace with a Kafka end point, a hub for each topic, and the connection string in the vault.
// Event Hubs speaks Kafka from the Standard tier on. A topic that is not made here is made by nobody.

@description('Where it is made.')
param location string = resourceGroup().location

@description('The Key Vault that gets the connection string, which is the password that Kafka clients send.')
param vaultName string

@description('Partitions of each hub: as many workers can read one at a time. Cannot be changed later in the Standard tier.')
@minValue(1)
@maxValue(32)
param partitions int = 16

@description('Days that events are kept, 1 to 7 in the Standard tier.')
@minValue(1)
@maxValue(7)
param retentionDays int = 3

@description('Throughput units: 1 MB a second in, 2 MB a second out, each. It grows by itself up to the second number.')
param throughputUnits int = 1
param mostThroughputUnits int = 4

var topics = [
  'refresher.site-checks'
  'refresher.site-status'
  'refresher.runs'
]

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: take('refresher-${uniqueString(resourceGroup().id)}', 50)
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: throughputUnits
  }
  properties: {
    isAutoInflateEnabled: true
    maximumThroughputUnits: mostThroughputUnits
    kafkaEnabled: true
    minimumTlsVersion: '1.2'
    // Kafka clients log in by SASL PLAIN with a connection string.
    disableLocalAuth: false
  }
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [
  for topic in topics: {
    parent: namespace
    name: topic
    properties: {
      partitionCount: partitions
      messageRetentionInDays: retentionDays
    }
  }
]

resource refresher 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' = {
  parent: namespace
  name: 'refresher'
  properties: {
    rights: [
      'Listen'
      'Send'
    ]
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource connectionString 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'event-hubs'
  properties: {
    value: refresher.listKeys().primaryConnectionString
  }
}

output bootstrapServers string = '${namespace.name}.servicebus.windows.net:9093'
