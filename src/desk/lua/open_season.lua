-- WITH draws funds
-- Opens a season, from now on; one at a time.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 season  5 name
-- RETURNS  {'repeated', digest, answer} | {'running'}, when another does | {'done', season}
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
redis.call('HSET', P .. 'season:' .. ARGV[4], 'name', ARGV[5], 'from', whole(from), 'counted', '0')
redis.call('ZADD', P .. 'seasons', whole(from), ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
