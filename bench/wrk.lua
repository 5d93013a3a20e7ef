-- Sends the requests in the file named by BODIES, one a line, over and over, as the user of TOKEN; prints what came of
-- it as one line of JSON, times in milliseconds. `failed` are answers other than 200, and none at all.

local requests, at = {}, 0

function init()
  wrk.method, wrk.path = "POST", "/graphql"
  wrk.headers["Content-Type"] = "application/json"
  -- With this type a request that is refused has a status that says so.
  wrk.headers["Accept"] = "application/graphql-response+json"
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
  for line in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, line)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"rate":%.1f,"p50":%.3f,"p99":%.3f,"failed":%d}\n',
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
