"""Programs that know nothing of the mesh: servers that say where a connection was going, and their clients.

mirror.py USER:GROUP serve NAME PORT...           answers TCP at each port, and UDP at 53 and 15053, over IPv4 and IPv6
mirror.py USER:GROUP tcp ADDRESS PORT [MARK]      prints what it is answered
mirror.py USER:GROUP udp ADDRESS PORT [FROM]      the same, from a port of its own if it is given
mirror.py USER:GROUP load ADDRESS PORT RATE SECS  short connections; prints how many were answered as the first one, and not
mirror.py USER:GROUP requests HOST PORT RATE SECS  the same, each a request of HTTP/1.1; prints how many had each status
mirror.py USER:GROUP hold ADDRESS PORT            connects and holds; prints both ends
"""
import collections
import encodings.idna  # now: later it may not be readable, and a name is resolved with it
import os
import socket
import struct
import sys
import threading
import time

SO_MARK = 36
SO_ORIGINAL_DST = 80
IP_PKTINFO = 8
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def original(connection):
    try:
        if connection.family == socket.AF_INET6:
            raw = connection.getsockopt(41, SO_ORIGINAL_DST, 28)
            address = socket.inet_ntop(socket.AF_INET6, raw[8:24])
        else:
            raw = connection.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
            address = socket.inet_ntop(socket.AF_INET, raw[4:8])
        going = (address, struct.unpack(">H", raw[2:4])[0])
    except OSError:
        return "direct"
    # The kernel also knows connections that nobody redirected.
    return "direct" if going == connection.getsockname()[:2] else "%s %d" % going


def take(name, listener, port):
    while True:
        connection, _ = listener.accept()
        try:
            connection.sendall(("%s %d %s\n" % (name, port, original(connection))).encode())
            if port == 22:
                held.append(connection)
            else:
                connection.close()
        except OSError:
            connection.close()


def answer(name, listener, port):
    while True:
        question, seen, _, asker = listener.recvmsg(512, 128)
        # From the address that was asked, of the several that lead here.
        came = [(level, kind, data) for level, kind, data in seen if kind in (IP_PKTINFO, IPV6_PKTINFO)]
        words = "%s %d %s" % (name, port, question.decode())
        listener.sendmsg([words.encode()], came, 0, asker)


def serve(name, ports):
    for port in ports:
        for kind, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            listener = socket.socket(kind, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, port))
            listener.listen(1024)
            start(take, name, listener, port)
            if port in (53, 15053):
                listener = socket.socket(kind, socket.SOCK_DGRAM)
                if kind == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    listener.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
                else:
                    listener.setsockopt(socket.SOL_IP, IP_PKTINFO, 1)
                listener.bind((address, port))
                start(answer, name, listener, port)
    print("serving", flush=True)
    threading.Event().wait()


def start(target, *arguments):
    threading.Thread(target=target, args=arguments, daemon=True).start()


def ask(address, port, mark=0):
    with socket.socket(family(address), socket.SOCK_STREAM) as connection:
        connection.settimeout(3)
        if mark:
            connection.setsockopt(socket.SOL_SOCKET, SO_MARK, mark)
        connection.connect((address, port))
        words = b""
        while not words.endswith(b"\n"):
            piece = connection.recv(512)
            if not piece:
                break
            words += piece
        return words.decode().strip()


def question(address, port, source):
    with socket.socket(family(address), socket.SOCK_DGRAM) as asker:
        asker.settimeout(2)
        if source:
            asker.bind(("::" if ":" in address else "0.0.0.0", source))
        # Connected: an answer from any other address than the one that was asked is not heard.
        asker.connect((address, port))
        for _ in range(3):
            asker.send(b"who")
            try:
                return asker.recv(512).decode()
            except socket.timeout:
                continue
        return "no answer"


def get(address, port):
    with socket.create_connection((address, port), 10) as connection:
        connection.sendall(("GET / HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n" % address).encode())
        words = b""
        while True:
            piece = connection.recv(4096)
            if not piece:
                return words.split(b"\r\n", 1)[0].decode()
            words += piece


def load(asking, address, port, rate, seconds):
    threads = 16
    answers = collections.Counter()
    begin = time.monotonic()

    def one(number):
        for i in range(number, int(rate * seconds), threads):
            pause = begin + i / rate - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            try:
                answers[asking(address, port)] += 1
            except OSError as e:
                answers["error: %s" % e] += 1

    workers = [threading.Thread(target=one, args=(i,)) for i in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("%.1f s" % (time.monotonic() - begin), dict(answers))


def hold(address, port):
    connection = socket.create_connection((address, port))
    near, far = connection.getsockname(), connection.getpeername()
    print(near[0], near[1], far[0], far[1], flush=True)
    threading.Event().wait()


held = []
user, group = (int(number) for number in sys.argv[1].split(":"))
if user or group:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
act, rest = sys.argv[2], sys.argv[3:]
if act == "serve":
    serve(rest[0], [int(port) for port in rest[1:]])
elif act == "tcp":
    print(ask(rest[0], int(rest[1]), int(rest[2]) if len(rest) > 2 else 0))
elif act == "udp":
    print(question(rest[0], int(rest[1]), int(rest[2]) if len(rest) > 2 else 0))
elif act == "load":
    load(ask, rest[0], int(rest[1]), float(rest[2]), float(rest[3]))
elif act == "requests":
    load(get, rest[0], int(rest[1]), float(rest[2]), float(rest[3]))
elif act == "hold":
    hold(rest[0], int(rest[1]))
