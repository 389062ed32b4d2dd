// Package peers holds SwarmKit's scheduler, whose own bench `make bench-peers` runs beside Haven's.
package peers

import _ "github.com/moby/swarmkit/v2/manager/scheduler"
