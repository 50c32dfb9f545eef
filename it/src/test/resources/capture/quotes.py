"""A gRPC client that knows nothing of the mesh: quotes.py TARGET prints what shop.Quotes/Get answers."""
import sys

import grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    get = channel.unary_unary("/shop.Quotes/Get", request_serializer=str.encode, response_deserializer=bytes.decode)
    print(get("which", timeout=30, wait_for_ready=True))
