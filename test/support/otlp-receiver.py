"""An OpenTelemetry collector in short, out of OpenTelemetry's own messages and Google's gRPC: takes traces, metrics and logs, passes them on, and writes each span as a line of JSON.

otlp-receiver.py <upstream host:port> [<authority.pem> <certificate.pem> <key.pem>]
The first line is the port that it listens on.
"""

import json
import sys
import threading
from concurrent import futures

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as trace


# `print` writes the text and the end of the line one after the other, and calls come on several threads.
writing = threading.Lock()


def write(line):
    with writing:
        print(json.dumps(line), flush=True)


def service_of(resource):
    for attribute in resource.attributes:
        if attribute.key == "service.name":
            return attribute.value.string_value
    return ""


def write_spans(request):
    for of_resource in request.resource_spans:
        service = service_of(of_resource.resource)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                write(
                    {
                        "traceId": span.trace_id.hex(),
                        "spanId": span.span_id.hex(),
                        "parentSpanId": span.parent_span_id.hex(),
                        "name": span.name,
                        "service": service,
                    }
                )


def passing_on(base, stub, see):
    """Makes a servicer that sees each request and gives what the upstream says of it."""

    class Servicer(base):
        def Export(self, request, context):
            see(request)
            try:
                return stub.Export(request, timeout=10)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

    return Servicer()


def main():
    upstream, *tls = sys.argv[1:]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    if tls:
        authority, certificate, key = (open(path, "rb").read() for path in tls)
        channel = grpc.secure_channel(
            upstream, grpc.ssl_channel_credentials(authority, key, certificate)
        )
        own = grpc.ssl_server_credentials([(key, certificate)], authority, True)
        port = server.add_secure_port("127.0.0.1:0", own)
    else:
        channel = grpc.insecure_channel(upstream)
        port = server.add_insecure_port("127.0.0.1:0")
    ignore = lambda request: None
    trace.add_TraceServiceServicer_to_server(
        passing_on(trace.TraceServiceServicer, trace.TraceServiceStub(channel), write_spans), server
    )
    metrics.add_MetricsServiceServicer_to_server(
        passing_on(metrics.MetricsServiceServicer, metrics.MetricsServiceStub(channel), ignore), server
    )
    logs.add_LogsServiceServicer_to_server(
        passing_on(logs.LogsServiceServicer, logs.LogsServiceStub(channel), ignore), server
    )
    server.start()
    write(port)
    server.wait_for_termination()


main()
