-- Sends each line of a file once: sealed reports made beforehand. One file a thread, so nothing is sent twice.
local number = 0
function setup(thread)
  thread:set("file", "bodies." .. number .. ".jsonl")
  number = number + 1
end

function init(args)
  path = args[1]
  source = assert(io.open(args[2] .. "/" .. file, "r"))
  accepted, refused, dry = 0, 0, 0
end

function request()
  local body = source:read("*l")
  if body == nil then
    dry = dry + 1
    wrk.thread:stop()
    body = "{}"
  end
  return wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
end

function response(status)
  if status == 200 then accepted = accepted + 1 else refused = refused + 1 end
end

local threads = {}
local remember = setup
function setup(thread)
  table.insert(threads, thread)
  remember(thread)
end

function done(summary, latency)
  local accepted, refused, dry = 0, 0, 0
  for _, thread in ipairs(threads) do
    accepted = accepted + thread:get("accepted")
    refused = refused + thread:get("refused")
    dry = dry + thread:get("dry")
  end
  io.write(string.format(
    'RESULT {"accepted": %d, "refused": %d, "dry": %d, "seconds": %.3f, "p50_ms": %.2f, "p99_ms": %.2f, "errors": %d}\n',
    accepted, refused, dry, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
