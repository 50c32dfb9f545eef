"""Watches an interface and says at the end whether a text went over it.

sniff.py INTERFACE TEXT     until SIGTERM; prints how many packets it saw, and how many had the text
"""
import signal
import socket
import sys

ETH_P_ALL = 3

seen = having = 0


def end(*_):
    print("packets %d with the text %d" % (seen, having), flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
watcher.bind((sys.argv[1], 0))
text = sys.argv[2].encode()
print("serving", flush=True)
while True:
    packet = watcher.recv(1 << 16)
    seen += 1
    having += text in packet
