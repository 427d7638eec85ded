-- WITH draws
-- Takes a challenge from one phase to the next, once.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 from  3 to  4 when it is looked at next, ms; empty for never  5.. fields and values
-- RETURNS  1 | 0, when it is in another phase
local key = P .. 'challenge:' .. ARGV[1]
if redis.call('HGET', key, 'phase') ~= ARGV[2] then
  return 0
end
redis.call('HSET', key, 'phase', ARGV[3], unpack(ARGV, 5))
redis.call('HINCRBY', key, 'version', 1)
if ARGV[4] == '' then
  redis.call('ZREM', P .. 'deadlines', ARGV[1])
else
  redis.call('ZADD', P .. 'deadlines', ARGV[4], ARGV[1])
end
return 1
