-- The summary in one line, exact; it costs nothing while requests run.
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    "bench requests=%d bytes=%d connect=%d read=%d write=%d status=%d timeout=%d p50=%.1f p99=%.1f\n",
    summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
