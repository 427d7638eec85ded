-- WITH draws funds
-- Opens a season, from now on; one at a time. It is looked at at once.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 season  5 name  6 place, JSON  7 time zone
--       8 when it ends by itself, ms; empty for never
-- RETURNS  {'repeated', digest, answer} | {'running'}, when another does | {'past'}, when it would end by now | {'done', season}
local before = answered(ARGV[1])
if before then
  return before
end
local newest = redis.call('ZREVRANGE', P .. 'seasons', 0, 0, 'WITHSCORES')
local from = now
if newest[1] then
  if redis.call('HEXISTS', P .. 'season:' .. newest[1], 'to') == 0 then
    return { 'running' }
  end
  -- Each begins after the one before it, whatever the clock says.
  from = math.max(now, tonumber(newest[2]) + 1)
end
if ARGV[8] ~= '' and tonumber(ARGV[8]) <= from then
  return { 'past' }
end
local key = P .. 'season:' .. ARGV[4]
redis.call('HSET', key, 'name', ARGV[5], 'from', whole(from), 'counted', '0', 'place', ARGV[6], 'zone', ARGV[7], 'edition', '1')
if ARGV[8] ~= '' then
  redis.call('HSET', key, 'closes', ARGV[8])
end
redis.call('ZADD', P .. 'seasons', whole(from), ARGV[4])
redis.call('ZADD', P .. 'turns', whole(now), ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
