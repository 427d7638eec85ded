-- WITH draws funds
-- Closes a season with the standings of all that counts in it.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 season; empty for none  5 how many challenges these standings are of
--       6 standings, JSON
-- RETURNS  {'repeated', digest, answer} | {'none'} | {'over'}, when it was closed | {'changed'}, when another number counts
--          | {'done', season}
local before = answered(ARGV[1])
if before then
  return before
end
local key = P .. 'season:' .. ARGV[4]
local is = redis.call('HMGET', key, 'from', 'to', 'counted')
if not is[1] then
  return { 'none' }
end
if is[2] then
  return { 'over' }
end
if tonumber(is[3]) ~= tonumber(ARGV[5]) then
  return { 'changed' }
end
redis.call('HSET', key, 'to', whole(math.max(now, tonumber(is[1]))), 'final', ARGV[6])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
