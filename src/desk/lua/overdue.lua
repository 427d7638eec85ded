-- Jobs whose progress is overdue. Each is due again later, so that a second sweeper leaves it alone. One without a record is
-- told once and taken off.
-- KEYS  1 open  2 waiting  3 the space's job keys, without the id
-- ARGV  1 how many  2 ms until due again
-- RETURNS  {id, 'waiting' | 'lost' (on its way to or from the queue) | 'gone' (no record), …}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])) do
  answer[#answer + 1] = id
  if redis.call('EXISTS', KEYS[3] .. id) == 0 then
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
    answer[#answer + 1] = 'gone'
  else
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), id)
    answer[#answer + 1] = redis.call('ZSCORE', KEYS[2], id) and 'waiting' or 'lost'
  end
end
return answer
