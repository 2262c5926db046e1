"""Talks to a server of the KServe V2 protocol as NVIDIA's tritonclient does; prints what it found as one JSON object.

Usage: kserve-client.py ADDRESS MODEL. MODEL takes one input x_<type> of each datatype, [-1, 2], and gives it back as y_<type>.
"""

import json
import queue
import sys

import grpc
import ml_dtypes
import numpy
import tritonclient.grpc as triton
from tritonclient.grpc import service_pb2, service_pb2_grpc

address, model = sys.argv[1:]
client = triton.InferenceServerClient(address)

arrays = {
    "BOOL": numpy.array([[True, False], [False, True]]),
    "UINT8": numpy.array([[0, 255], [7, 8]], dtype=numpy.uint8),
    "UINT16": numpy.array([[0, 65535], [7, 8]], dtype=numpy.uint16),
    "UINT32": numpy.array([[0, 2**32 - 1], [7, 8]], dtype=numpy.uint32),
    "UINT64": numpy.array([[0, 2**64 - 1], [7, 8]], dtype=numpy.uint64),
    "INT8": numpy.array([[-128, 127], [7, 8]], dtype=numpy.int8),
    "INT16": numpy.array([[-(2**15), 2**15 - 1], [7, 8]], dtype=numpy.int16),
    "INT32": numpy.array([[-(2**31), 2**31 - 1], [7, 8]], dtype=numpy.int32),
    "INT64": numpy.array([[-(2**63), 2**63 - 1], [2**53 + 1, 8]], dtype=numpy.int64),
    "FP16": numpy.array([[0.5, -65504], [numpy.inf, numpy.nan]], dtype=numpy.float16),
    "FP32": numpy.array([[1e-45, 3.4e38], [numpy.inf, numpy.nan]], dtype=numpy.float32),
    "FP64": numpy.array([[5e-324, 1.7e308], [-numpy.inf, numpy.nan]], dtype=numpy.float64),
    "BYTES": numpy.array([[b"", "ünïcode".encode()], [b"a", b"x" * 1000]], dtype=numpy.object_),
}


def inputs_of(values, bf16=False):
    made = []
    for datatype, array in values.items():
        is_bf16 = bf16 and datatype == "FP32"
        sent = array.astype(ml_dtypes.bfloat16) if is_bf16 else array
        wire = "BF16" if is_bf16 else datatype
        tensor = triton.InferInput(f"x_{datatype.lower()}", list(array.shape), wire)
        tensor.set_data_from_numpy(sent)
        made.append(tensor)
    return made


def error_of(work):
    try:
        work()
    except triton.InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def same(left, right):
    if left.dtype == numpy.object_:
        return left.tolist() == right.tolist()
    # Every bit, NaN among them.
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()


found = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "modelReady": client.is_model_ready(model),
    "versionReady": client.is_model_ready(model, "1"),
    "unknownReady": client.is_model_ready("nobody"),
    "server": client.get_server_metadata(as_json=True),
    "metadata": client.get_model_metadata(model, as_json=True),
    "config": client.get_model_config(model, as_json=True),
    "index": client.get_model_repository_index(as_json=True),
}

answer = client.infer(model, inputs_of(arrays), request_id="one")
response = answer.get_response()
found["answer"] = {
    "id": response.id,
    "model": response.model_name,
    "version": response.model_version,
    "backend": response.parameters["backend"].string_param,
    "artifactDigest": response.parameters["artifact_digest"].string_param,
    "outputs": [output.name for output in response.outputs],
    "isTyped": any(output.HasField("contents") for output in response.outputs),
}
found["equal"] = {
    datatype: same(answer.as_numpy(f"y_{datatype.lower()}"), array)
    for datatype, array in arrays.items()
}

# Only some outputs, in another order than the model's.
wanted = [triton.InferRequestedOutput(name) for name in ("y_int64", "y_bool")]
some = client.infer(model, inputs_of(arrays), outputs=wanted, client_timeout=5, timeout=5_000_000, priority=1)
found["some"] = [output.name for output in some.get_response().outputs]

# BF16 is widened where the model takes FP32.
widened = client.infer(model, inputs_of(arrays, bf16=True)).as_numpy("y_fp32")
half = arrays["FP32"].astype(ml_dtypes.bfloat16)
found["widened"] = [str(widened.dtype), same(widened, half.astype(numpy.float32))]

# Typed contents, as grpcurl sends them. FP16 has no typed form, so a model of it is asked raw.
channel = grpc.insecure_channel(address)
stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)


def typed_request(**changed):
    request = service_pb2.ModelInferRequest(model_name="plain", id="typed")
    tensor = request.inputs.add(name="x_int64", datatype="INT64", shape=[2])
    tensor.contents.int64_contents.extend([2**63 - 1, -(2**63)])
    for name, value in changed.items():
        setattr(request, name, value)
    return request


typed = stub.ModelInfer(typed_request())
found["typed"] = {
    "values": [str(value) for value in typed.outputs[0].contents.int64_contents],
    "raw": len(typed.raw_output_contents),
}


def status_of(request):
    try:
        stub.ModelInfer(request)
    except grpc.RpcError as error:
        return [error.code().name, error.details()]
    return None


mixed = typed_request()
mixed.raw_input_contents.append(b"\0" * 16)
memory = typed_request()
memory.inputs[0].parameters["shared_memory_region"].string_param = "region"
found["errors"] = {
    "model": error_of(lambda: client.infer("nobody", inputs_of(arrays))),
    "version": error_of(lambda: client.infer(model, inputs_of(arrays), model_version="9")),
    "words": error_of(lambda: client.infer(model, inputs_of(arrays), model_version="latest")),
    "missing": error_of(lambda: client.infer(model, inputs_of({"BOOL": arrays["BOOL"]}))),
    "output": error_of(
        lambda: client.infer(model, inputs_of(arrays), outputs=[triton.InferRequestedOutput("nothing")])
    ),
    "classes": error_of(
        lambda: client.infer(
            model, inputs_of(arrays), outputs=[triton.InferRequestedOutput("y_fp32", class_count=2)]
        )
    ),
    "notUtf8": error_of(
        lambda: client.infer(
            model, inputs_of({**arrays, "BYTES": numpy.array([[b"\xff", b""], [b"", b""]], dtype=numpy.object_)})
        )
    ),
    "sequence": error_of(lambda: client.infer(model, inputs_of(arrays), sequence_id=7)),
    "priority": error_of(lambda: client.infer(model, inputs_of(arrays), priority=9)),
    "mixed": status_of(mixed),
    "memory": status_of(memory),
    "sharedMemory": error_of(lambda: client.get_system_shared_memory_status()),
    "trace": error_of(lambda: client.get_trace_settings()),
    "log": error_of(lambda: client.get_log_settings()),
    "files": error_of(lambda: client.load_model(model, config="{}", files={"file:1/model.onnx": b"x"})),
}

# A stream: an error of one request is an answer, and the order of the requests is that of the answers.
answers = queue.Queue()
client.start_stream(lambda result, error: answers.put((result, error)))
for index in range(20):
    named = "nobody" if index == 10 else model
    client.async_stream_infer(named, inputs_of(arrays), request_id=str(index))
streamed = []
for _ in range(20):
    result, error = answers.get(timeout=20)
    streamed.append("error" if error is not None else result.get_response().id)
client.stop_stream()
found["streamed"] = streamed
found["statistics"] = client.get_inference_statistics(model, as_json=True)
# Last: one that no alias points to is gone then.
found["errors"]["unloadServing"] = error_of(lambda: client.unload_model(model))

print(json.dumps(found))
