"""short.py HOST PORT RATE SECONDS: requests, each on a connection of its own after asking for the name; prints how many had each status."""
import collections
import socket
import sys
import threading
import time

host, port, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
threads = 16
answers = collections.Counter()
begin = time.monotonic()


def ask():
    with socket.create_connection((host, port), 10) as connection:
        connection.sendall(("GET / HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n" % host).encode())
        words = b""
        while True:
            piece = connection.recv(4096)
            if not piece:
                return words.split(b"\r\n", 1)[0].decode()
            words += piece


def one(number):
    for i in range(number, int(rate * seconds), threads):
        pause = begin + i / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        try:
            answers[ask()] += 1
        except OSError as e:
            answers["error: %s" % e] += 1


workers = [threading.Thread(target=one, args=(i,)) for i in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print("%.1f s" % (time.monotonic() - begin), dict(answers))
