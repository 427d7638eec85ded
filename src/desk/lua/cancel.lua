-- A member's wish to stop. A waiting job ends at once and its hold is released; one under way is marked for its next step.
-- KEYS  1 job  2 waiting  3 open  4 quota  5 ledger  6 lines  7 the month's report
-- ARGV  1 id  2 who, JSON  3 progress JSON for a job that ends now  4 member  5 window  6 lines TTL s
--       7 the report's TTL s  8.. its fields, each with how much it grows, for a job that ends now
-- RETURNS  'unknown' | 'late' | 'asked' | 'released'
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'unknown'
end
local is = redis.call('HMGET', KEYS[1], 'settled', 'price')
if is[1] then
  return 'late'
end
local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
if redis.call('HSETNX', KEYS[1], 'cancel', ARGV[2]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
end
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
  -- Looked at soon, also when the wake-up that follows gets lost and nothing else was due for hours.
  local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if not due or tonumber(due) > tonumber(now) + 5000 then
    redis.call('ZADD', KEYS[3], string.format('%.0f', tonumber(now) + 5000), ARGV[1])
  end
  return 'asked'
end
redis.call('HINCRBY', KEYS[4], 'held', -tonumber(is[2]))
local line = redis.call('XADD', KEYS[5], '*', 'kind', 'release', 'member', ARGV[4], 'window', ARGV[5], 'credits', is[2], 'job', ARGV[1])
redis.call('LPUSH', KEYS[6], line .. '|release|' .. is[2] .. '|' .. ARGV[1] .. '|' .. ARGV[5])
redis.call('LTRIM', KEYS[6], 0, 49)
redis.call('EXPIRE', KEYS[6], ARGV[6])
redis.call('HSET', KEYS[1], 'settled', 'released', 'progress', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('ZADD', KEYS[3], now, ARGV[1])

-- The month's report.
for i = 8, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[7], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[7], ARGV[7])
return 'released'
