-- WITH draws
-- Takes a challenge from one phase to the next, once.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 from  3 to  4 when it is looked at next, ms; empty for never
--       5 the version that was seen, empty for any  6.. fields and values
-- RETURNS  1 | 0, when it is in another phase, or was changed
local key = P .. 'challenge:' .. ARGV[1]
local is = redis.call('HMGET', key, 'phase', 'version')
if is[1] ~= ARGV[2] or (ARGV[5] ~= '' and is[2] ~= ARGV[5]) then
  return 0
end
redis.call('HSET', key, 'phase', ARGV[3], unpack(ARGV, 6))
redis.call('HINCRBY', key, 'version', 1)
if ARGV[4] == '' then
  redis.call('ZREM', P .. 'deadlines', ARGV[1])
else
  redis.call('ZADD', P .. 'deadlines', ARGV[4], ARGV[1])
end
return 1
