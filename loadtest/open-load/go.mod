module mlmesh.dev/open-load

go 1.22.0

require (
	golang.org/x/net v0.30.0
	google.golang.org/protobuf v1.36.6
)

require golang.org/x/text v0.19.0 // indirect
