-- Wants a film removed for good: noted once, and once more only where the wish that was seen had been carried out in vain. A parked
-- job gets another chance, for what kept breaking is not wanted any more.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 the removal, JSON with `times`  3 how often its removal was wanted when it was read
-- RETURNS  'noted' | 'known' (somebody else was first) | 'unknown'
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'unknown'
end
local before = redis.call('HGET', KEYS[1], 'removed')
local times = before and cjson.decode(before).times or 0
if times ~= tonumber(ARGV[3]) then
  return 'known'
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'removed', ARGV[2])
if redis.call('HDEL', KEYS[1], 'parked') == 1 then
  redis.call('HSET', KEYS[1], 'deaths', '0')
  redis.call('HDEL', KEYS[1], 'trying')
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(time[1]) * 1000), ARGV[1])
return 'noted'
