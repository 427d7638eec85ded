-- WITH draws funds
-- Closes a season with the standings of all that counts in it. It is looked at at once.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 season; empty for none  5 how many challenges these standings are of
--       6 standings, JSON  7 when it ends by itself, ms, where that is why; empty where somebody closes it
--       8 where that was said, JSON, for a season that has no place; empty for none
-- RETURNS  {'repeated', digest, answer} | {'none'} | {'over'}, when it was closed
--          | {'changed'}, when another number counts, or it ends at another time | {'done', season}
local before = answered(ARGV[1])
if before then
  return before
end
local key = P .. 'season:' .. ARGV[4]
local is = redis.call('HMGET', key, 'from', 'to', 'counted', 'closes', 'place')
if not is[1] then
  return { 'none' }
end
if is[2] then
  return { 'over' }
end
if tonumber(is[3]) ~= tonumber(ARGV[5]) or (ARGV[7] ~= '' and is[4] ~= ARGV[7]) then
  return { 'changed' }
end
-- What came after it was to end does not count, so that is when it ended.
local to = math.min(math.max(now, tonumber(is[1])), tonumber(is[4]) or math.huge)
redis.call('HSET', key, 'to', whole(to), 'final', ARGV[6])
if not is[5] and ARGV[8] ~= '' then
  redis.call('HSET', key, 'place', ARGV[8])
end
redis.call('HINCRBY', key, 'edition', 1)
redis.call('ZADD', P .. 'turns', whole(now), ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
