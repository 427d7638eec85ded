-- A place for one paid request: among those in flight, and in the rate of them. A job that has a place in flight keeps it and needs no
-- second one; each entry counts for the rate, for each is a request.
-- KEYS  1 in flight (job by when its place runs out)  2 rate (theoretical arrival time, ms)  3 brake
-- ARGV  1 job  2 at once, 0: no limit  3 ms that a place lasts  4 ms between requests, 0: no limit  5 requests in a burst
-- RETURNS  ms to wait before asking again; 0: the place is taken
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local most, lasts, gap, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local held = tonumber(redis.call('HGET', KEYS[3], 'until') or 0) - now
if held > 0 then
  return math.ceil(held)
end
local stamp = string.format('%.0f', now)
if most > 0 and tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) <= now
  and redis.call('ZCOUNT', KEYS[1], '(' .. stamp, '+inf') >= most then
  return 1000
end
local due = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), now)
local early = due - now - gap * (burst - 1)
-- Fractions of a millisecond are rounding.
if gap > 0 and early >= 1 then
  return math.ceil(early)
end

if most > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', stamp)
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + lasts), ARGV[1])
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lasts))
end
if gap > 0 then
  redis.call('SET', KEYS[2], string.format('%.3f', due + gap), 'PX', string.format('%.0f', math.ceil(due + gap - now)))
end
return 0
