-- WITH draws
-- Keeps what came of a challenge, once, with the season that it counts in.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 result, JSON
-- RETURNS  1 | 0, when it was kept before
if redis.call('HEXISTS', P .. 'results', ARGV[1]) == 1 then
  return 0
end
local season = redis.call('ZREVRANGE', P .. 'seasons', 0, 0)[1] or ''
if season ~= '' then
  local key = P .. 'season:' .. season
  local is = redis.call('HMGET', key, 'to', 'closes')
  if is[1] or (is[2] and tonumber(is[2]) <= now) then
    season = ''
  else
    redis.call('HINCRBY', key, 'counted', 1)
  end
end
redis.call('HSET', P .. 'results', ARGV[1], season .. '|' .. ARGV[2])
return 1
