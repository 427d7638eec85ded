-- WITH draws funds
-- A member's wish to stop. A waiting job ends at once and its hold is released; one under way is marked for its next step.
-- KEYS  1 the space's keys, without the name  2 the month's report
-- ARGV  1 id  2 who, JSON  3 progress JSON for a job that ends now  4 lines TTL s
--       5 report TTL s  6.. field of the report, and how much it grows
-- RETURNS  'unknown' | 'late' | 'asked' | 'released'
local job, open = P .. 'job:' .. ARGV[1], P .. 'open'
if redis.call('EXISTS', job) == 0 then
  return 'unknown'
end
if redis.call('HEXISTS', job, 'settled') == 1 then
  return 'late'
end
if redis.call('HSETNX', job, 'cancel', ARGV[2]) == 1 then
  redis.call('HINCRBY', job, 'version', 1)
end
if redis.call('ZREM', P .. 'waiting', ARGV[1]) == 0 then
  -- Looked at soon, also when the wake-up that follows gets lost and nothing else was due for hours.
  local due = redis.call('ZSCORE', open, ARGV[1])
  if not due or tonumber(due) > now + 5000 then
    redis.call('ZADD', open, whole(now + 5000), ARGV[1])
  end
  return 'asked'
end
unhold(ARGV[1], 'release', '0', '', ARGV[4])
redis.call('HSET', job, 'settled', 'released', 'progress', ARGV[3])
redis.call('HINCRBY', job, 'epoch', 1)
redis.call('ZADD', open, whole(now), ARGV[1])
reported(5)
return 'released'
