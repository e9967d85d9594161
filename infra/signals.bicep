// The signals that never happen while everything is in order: each of them alerts. The other signals, and why they do not, are in
// infra/README.md, with what to do about every one of them.

@export()
@description('Names of signals (src/OrleansMcp.Core/Signals/SignalName.cs) whose expected rate is zero, with the severity of the alert: 1 is an error that wakes somebody, 2 is a warning.')
var zeroRateSignals = [
  { name: 'cross_session_attempt', severity: 1, what: 'A valid credential was used on another client\'s session.' }
  { name: 'cross_tenant_attempt', severity: 1, what: 'A valid credential was used on another tenant\'s session.' }
  { name: 'credential_mismatch', severity: 1, what: 'A client used its certificate together with another client\'s credential.' }
  { name: 'cross_namespace_write', severity: 1, what: 'A client tried to write another client\'s records without a grant.' }
  { name: 'cross_namespace_read', severity: 1, what: 'A client tried to read another client\'s records without a grant.' }
  { name: 'modifier_mismatch', severity: 1, what: 'A stored record\'s owner or author is not who its key or transaction says.' }
  { name: 'permission_probing', severity: 2, what: 'A client was denied more often than a mistake explains.' }
  { name: 'tool_definition_changed', severity: 2, what: 'A tool of another server is defined otherwise than when it was approved; it is withheld.' }
  { name: 'noisy_neighbour', severity: 2, what: 'One tenant\'s errors rise and fall with another tenant\'s writes.' }
]
