"""Asks the services at the addresses that are given how they are and what they offer; prints one JSON object."""

import json
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from google.protobuf.descriptor_pool import DescriptorPool

found = {}
for address in sys.argv[1:]:
    with grpc.insecure_channel(address) as channel:
        check = health_pb2.HealthCheckRequest()
        status = health_pb2_grpc.HealthStub(channel).Check(check, timeout=5).status
        database = ProtoReflectionDescriptorDatabase(channel)
        pool = DescriptorPool(database)
        services = database.get_services()
        found[address] = {
            "status": health_pb2.HealthCheckResponse.ServingStatus.Name(status),
            "methods": {
                name: [method.name for method in pool.FindServiceByName(name).methods]
                for name in services
            },
        }
print(json.dumps(found))
