-- Reserves a time for a poll: the first free one at or after what is wanted, none before the brake is off. Places are 1000 / rate ms
-- apart, so that no second gets more than the rate, and counted in buckets. Buckets found full are noted as one stretch: a
-- long queue is stepped over, not walked. Past the most buckets the last one looked at takes one more than it has room for.
-- KEYS  1 brake  2 full (from, to)  3 prefix of the buckets
-- ARGV  1 ms from now that is wanted  2 polls a second  3 places in a bucket  4 buckets to look at, at the most
-- RETURNS  {that time, the present}, ms by Redis's clock
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local gap, size, most = 1000 / tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local width = gap * size
local wanted = math.max(now + math.max(tonumber(ARGV[1]), 0), tonumber(redis.call('HGET', KEYS[1], 'until') or 0))
local known = redis.call('HMGET', KEYS[2], 'from', 'to')
local from, to = tonumber(known[1] or 0), tonumber(known[2] or -1)
local first = math.floor(wanted / width)
local bucket, place, looked = first - 1, size, 0
while place >= size and looked < most do
  bucket = bucket + 1
  if bucket >= from and bucket <= to then
    bucket = to + 1
  end
  local taken = tonumber(redis.call('GET', KEYS[3] .. string.format('%.0f', bucket)) or 0)
  place = math.max(taken, math.ceil((wanted - bucket * width) / gap))
  looked = looked + 1
end

local after = function(at)
  return string.format('%.0f', math.ceil(at - now) + 5000)
end
local key = KEYS[3] .. string.format('%.0f', bucket)
redis.call('SET', key, string.format('%.0f', place + 1), 'PX', after((bucket + 1) * width))
-- The first bucket may have room before what is wanted; those after it were full.
local filled = place + 1 >= size and bucket or bucket - 1
if filled > first then
  local start = first + 1
  local joins = start <= to + 1 and filled >= from - 1
  if joins then
    start, filled = math.min(start, from), math.max(filled, to)
  end
  if joins or filled - start >= to - from or to * width < now then
    redis.call('HSET', KEYS[2], 'from', string.format('%.0f', start), 'to', string.format('%.0f', filled))
    redis.call('PEXPIRE', KEYS[2], after((filled + 1) * width))
  end
end
return { string.format('%.3f', bucket * width + place * gap), string.format('%.3f', now) }
