-- The gateway is given nothing new. What paused it first stands. One that was resumed within the hour and is paused again counts it.
-- KEYS  1 standing (reason, since, relapses)
-- ARGV  1 reason
-- RETURNS  1 when it was not paused before, else 0
if redis.call('HEXISTS', KEYS[1], 'reason') == 1 then
  return 0
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local relapses = tonumber(redis.call('HGET', KEYS[1], 'relapses') or -1) + 1
redis.call('HSET', KEYS[1], 'reason', ARGV[1], 'since', string.format('%.0f', now), 'relapses', string.format('%.0f', relapses))
redis.call('PERSIST', KEYS[1])
return 1
