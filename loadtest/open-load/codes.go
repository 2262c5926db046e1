package main

import "golang.org/x/net/http2"

// Status codes of gRPC that are told apart here.
const (
	ok                = 0
	unknown           = 2
	deadlineExceeded  = 4
	resourceExhausted = 8
	internal          = 13
	unavailable       = 14
)

var codeNames = [...]string{"OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied",
	"ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated"}

func nameOf(code uint32) string {
	if int(code) < len(codeNames) {
		return codeNames[code]
	}
	return "Unknown"
}

// codeOf gives the status of a call that was reset without one.
func codeOf(reset http2.ErrCode) uint32 {
	switch reset {
	case http2.ErrCodeRefusedStream:
		return unavailable
	case http2.ErrCodeEnhanceYourCalm:
		return resourceExhausted
	default:
		return internal
	}
}
