-- WITH draws funds
-- Settles when a season that runs ends by itself. It is looked at at once.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 season; empty for none  5 when, ms; empty for never
--       6 where that was said, JSON, for a season that has no place
-- RETURNS  {'repeated', digest, answer} | {'none'} | {'over'}, when it has ended | {'past'}, when it would end by now | {'done', season}
local before = answered(ARGV[1])
if before then
  return before
end
local key = P .. 'season:' .. ARGV[4]
local is = redis.call('HMGET', key, 'from', 'to', 'place', 'closes')
if not is[1] then
  return { 'none' }
end
if is[2] or (is[4] and tonumber(is[4]) <= now) then
  return { 'over' }
end
if ARGV[5] == '' then
  redis.call('HDEL', key, 'closes')
else
  if tonumber(ARGV[5]) <= math.max(now, tonumber(is[1])) then
    return { 'past' }
  end
  redis.call('HSET', key, 'closes', ARGV[5])
end
if not is[3] then
  redis.call('HSET', key, 'place', ARGV[6])
end
redis.call('HINCRBY', key, 'edition', 1)
redis.call('ZADD', P .. 'turns', whole(now), ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
