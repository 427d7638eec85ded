-- Wants the film posted once more, as a new generation; a parked job gets another chance instead.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 the generation that was seen
-- RETURNS  1, or 0 when there is no such record, or its film was removed
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'removed') == 1 then
  return 0
end
if redis.call('HDEL', KEYS[1], 'parked') == 1 then
  redis.call('HSET', KEYS[1], 'deaths', '0')
  redis.call('HDEL', KEYS[1], 'trying')
elseif redis.call('HGET', KEYS[1], 'generation') == ARGV[2] then
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
else
  return 1
end
local time = redis.call('TIME')
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HDEL', KEYS[1], 'given_up')
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(time[1]) * 1000), ARGV[1])
return 1
