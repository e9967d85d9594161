// The only place that says which ports silos have. All silos share one address, so each has a pair of its own, in each colour.
//
// Below 30000: Container Apps balances over ports from there to 32767. 36985, 80 and 443 are its own.

@export()
@description('The most silos of one colour. A colour has two ports for each.')
var mostSilos = 20

@export()
@description('The first port of all pairs; where the range of the network rules begins.')
var firstPort = 20000

@export()
@description('The last port of all pairs; where the range of the network rules ends.')
var lastPort = 20079

@export()
@description('The port at which other silos reach a silo. Colour: blue or green; index: from 0.')
func siloPort(colour string, index int) int => 20000 + (colour == 'blue' ? 0 : 40) + 2 * index

@export()
@description('The port at which gateways reach a silo.')
func gatewayPort(colour string, index int) int => siloPort(colour, index) + 1
