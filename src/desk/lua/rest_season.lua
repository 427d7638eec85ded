-- WITH draws
-- All is said of a season: it is looked at when it ends by itself, unless it was changed since it was read.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 season  2 the edition that was read
-- RETURNS  1 | 0, when it is another by now
local is = redis.call('HMGET', P .. 'season:' .. ARGV[1], 'edition', 'to', 'closes')
if (is[1] or '0') ~= ARGV[2] then
  return 0
end
if is[2] or not is[3] then
  redis.call('ZREM', P .. 'turns', ARGV[1])
else
  redis.call('ZADD', P .. 'turns', is[3], ARGV[1])
end
return 1
